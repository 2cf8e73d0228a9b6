import { expect, test } from 'vitest';
import { startSource } from '../source-child.js';

/** How many bytes a program takes for young objects while it makes many that live for a while. */
const youngSpaceOf = async (first: string): Promise<number> => {
  const program = startSource(`
    import { getHeapSpaceStatistics } from 'node:v8';
    import { limitHeap } from 'src/machine/process/v8-flags.js';
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
  return Number(await program.output);
};

test('a program that stays small gives young objects less than half the memory', async () => {
  expect(await youngSpaceOf('limitHeap();')).toBeLessThan((await youngSpaceOf('')) / 2);
});
