import { expect, test } from 'vitest';
import { startSource } from './source-child.js';

const MIB = 1024 * 1024;

/** How much memory, in MiB, a program takes for young objects while it makes many that live for a while. */
const youngSpaceOf = async (first: string): Promise<number> => {
  const program = startSource(`
    import { getHeapSpaceStatistics } from 'node:v8';
    import { staySmall } from 'src/machine/stay-small.js';
    ${first}
    const youngBytes = () => getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size;
    const recent = [];
    let largest = 0;
    for (let count = 0; count < 500000; count++) {
      recent[count % 20000] = { count, text: \`text \${count}\` };
      if (count % 10000 === 0) largest = Math.max(largest, youngBytes());
    }
    console.log(largest);
  `);
  return Number(await program.output) / MIB;
};

test('a program that stays small gives young objects at most 2 MiB, where others take more', async () => {
  expect(await youngSpaceOf('staySmall();')).toBeLessThanOrEqual(2);
  expect(await youngSpaceOf('')).toBeGreaterThan(2);
});
