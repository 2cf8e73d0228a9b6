/** Whether this is a long run (`SAVEPOINT_TEST_SCALE=long`), which tests all cases instead of a sample. */
export const isLong = process.env['SAVEPOINT_TEST_SCALE'] === 'long';

/** A number of random cases: few by default, many in a long run. */
export const atScale = (few: number, many: number): number => (isLong ? many : few);

/** The seed that random cases of this test run start from; `SAVEPOINT_TEST_SEED` repeats an earlier run. */
export const firstSeed = Number(process.env['SAVEPOINT_TEST_SEED'] ?? 1);

/** Seeds of random cases, for `test.each`; each is part of the name of its test. */
export const seeds = (few: number, many: number): readonly number[] =>
  Array.from({ length: atScale(few, many) }, (_, index) => firstSeed + index);

/** The cases that are tested by default; the others follow in a long run. */
export const sampleOf = <T>(all: readonly T[], isInSample: (each: T, index: number) => boolean): readonly T[] =>
  isLong ? all : all.filter(isInSample);

/** Options of a test for long runs only: a whole job whose parts are also tested separately, or a very large input. */
export const LONG = { tags: ['long'] };

/** Options of a test that takes a sample of its cases by default, and all of them in a long run. */
export const SAMPLED = { tags: ['sampled'] };
