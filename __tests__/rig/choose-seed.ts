import { isLong } from './scale.js';

/** A long run takes new random cases each time and prints their seed; other runs always take the same. */
export const setup = (): void => {
  if (!isLong || process.env['SAVEPOINT_TEST_SEED'] !== undefined) return;
  const seed = String(1 + Math.floor(Math.random() * 1_000_000));
  process.env['SAVEPOINT_TEST_SEED'] = seed;
  console.log(`random cases: SAVEPOINT_TEST_SEED=${seed} repeats them`);
};
