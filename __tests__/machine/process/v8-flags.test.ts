import { expect, test } from 'vitest';
import { startSource } from '../source-child.js';

/** The number of collections of young objects in a program that creates many that live for a while. */
const collectionsOf = async (first: string): Promise<number> => {
  const program = startSource(`
    import { constants, PerformanceObserver } from 'node:perf_hooks';
    import { limitHeap } from 'src/machine/process/v8-flags.js';
    ${first}
    let collections = 0;
    new PerformanceObserver((list) => {
      for (const { detail } of list.getEntries()) collections += Number(detail.kind === constants.NODE_PERFORMANCE_GC_MINOR);
    }).observe({ entryTypes: ['gc'] });
    const recent = [];
    for (let count = 0; count < 500000; count++) recent[count % 20000] = { count, text: \`text \${count}\` };
    setTimeout(() => console.log(collections), 100);
  `);
  return Number(await program.output);
};

test('a program that stays small has so little room for young objects that it collects them twice as often', async () => {
  const [small, usual] = [await collectionsOf('limitHeap();'), await collectionsOf('')];
  expect(small).toBeGreaterThan(2 * usual);
});
