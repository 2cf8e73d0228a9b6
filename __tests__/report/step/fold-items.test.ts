import { expect, test } from 'vitest';
import { foldItems, ITEMS_LISTED } from '../../../src/report/step/fold-items.js';
import { stepLook } from '../../../src/report/step/step-look.js';
import { runTree } from '../../../src/report/step/step-tree.js';
import type { EventBody } from '../../../src/state/event.js';
import type { RunState } from '../../../src/state/run-state.js';
import { begun, failed, fellBack, groupStarted, listed, recordRun, started, succeeded } from '../recorded-run.js';

const foldedIn = (state: RunState): readonly string[] =>
  foldItems(runTree(state), {
    look: (node) => (node.kind === 'step' ? stepLook(node.record, state) : 'succeeded'),
    isNotable: ({ record }) => record.status === 'failed' || record.status === 'running',
  }).map((node) => `${'  '.repeat(node.depth)}${node.kind === 'folded' ? node.text : node.path}`);

const fanOut = (count: number, endOf: (item: string, index: number) => readonly EventBody[]) => {
  const run = recordRun();
  run.add(
    begun('each', 'fan-out'),
    listed(
      'each',
      Array.from({ length: count }, (_, index) => index),
    ),
  );
  for (let index = 0; index < count; index += 1) {
    const item = `each[${String(index)}]`;
    run.add(...endOf(item, index));
  }
  return run;
};

const well = (item: string): readonly EventBody[] => [
  groupStarted(item),
  started(`${item}/x`),
  succeeded(`${item}/x`),
  succeeded(item),
];

const badly = (item: string): readonly EventBody[] => [
  groupStarted(item),
  started(`${item}/x`),
  failed(`${item}/x`),
  failed(item),
];

test('of many items the failed ones are listed in full, and the others counted', () => {
  const run = fanOut(100, (item, index) => (index === 7 || index === 99 ? badly(item) : well(item)));
  run.add(failed('each'), started('after'));
  expect(foldedIn(run.state())).toEqual([
    'each',
    '  each[7]',
    '    each[7]/x',
    '  each[99]',
    '    each[99]/x',
    '  … 98 items succeeded',
    'after',
  ]);
});

test('few items are all listed', () => {
  expect(foldedIn(fanOut(ITEMS_LISTED, well).add(succeeded('each')))).toHaveLength(1 + 2 * ITEMS_LISTED);
});

test('kept and skipped steps are reported separately', () => {
  const run = fanOut(30, (item, index) =>
    index < 20 ? well(item) : [{ type: 'step_skipped', step: item, name: item, because: 'x', held: true }],
  );
  run.add(failed('each'));
  run.resume();
  run.add(begun('each', 'fan-out'), ...well('each[21]'), succeeded('each'));
  expect(foldedIn(run.state())).toEqual(['each', '  … 1 item succeeded, 20 kept, 9 skipped']);
});

test('iterations are folded too', () => {
  const run = recordRun();
  run.add(begun('fix', 'loop'));
  for (let index = 0; index < 25; index += 1) {
    run.add({ type: 'loop_decided', step: 'fix', iteration: index, goes_on: true, to_run: 1 });
    run.add(...well(`fix[${String(index)}]`));
  }
  run.add({ type: 'loop_decided', step: 'fix', iteration: 25, goes_on: false, to_run: 0 }, succeeded('fix'));
  expect(foldedIn(run.state())).toEqual(['fix', '  … 25 iterations succeeded']);
});

test('what failed in a fallback of an item is not hidden', () => {
  const run = fanOut(50, (item, index) =>
    index === 3 ? [...well(item), ...fellBack(item, 'on_success', { error: 'n failed' })] : well(item),
  );
  expect(foldedIn(run.add(succeeded('each')))).toEqual([
    'each',
    '  each[3]',
    '    each[3]/x',
    '    each[3]/on_success',
    '  … 49 items succeeded',
  ]);
});

test('fan-outs in items are folded each on its own', () => {
  const run = recordRun();
  run.add(begun('out', 'fan-out'), listed('out', [1]), begun('out[0]', 'group'), begun('out[0]/in', 'fan-out'));
  run.add(
    listed(
      'out[0]/in',
      Array.from({ length: 40 }, (_, index) => index),
    ),
  );
  for (let index = 0; index < 40; index += 1) run.add(...well(`out[0]/in[${String(index)}]`));
  run.add(succeeded('out[0]/in'), succeeded('out[0]'), succeeded('out'));
  expect(foldedIn(run.state())).toEqual(['out', '  out[0]', '    out[0]/in', '      … 40 items succeeded']);
});
