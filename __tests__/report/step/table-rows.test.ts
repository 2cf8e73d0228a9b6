import { expect, test } from 'vitest';
import { tableRows } from '../../../src/report/step/table-rows.js';
import {
  begun,
  failed,
  fellBack,
  groupStarted,
  listed,
  recordRun,
  started,
  succeeded,
  tried,
  triedAgain,
} from '../recorded-run.js';

const manyItems = () => {
  const run = recordRun();
  run.add(
    begun('lint', 'fan-out', 'Lint'),
    listed(
      'lint',
      Array.from({ length: 100 }, (_, index) => index),
    ),
  );
  for (let index = 0; index < 100; index += 1) {
    const item = `lint[${String(index)}]`;
    run.add(started(item, `Lint (${String(index)})`), tried(item), index === 42 ? failed(item) : succeeded(item));
  }
  return run.add(failed('lint', 'lint[42] failed'));
};

test('folded items are one row without a look', () => {
  const rows = tableRows(manyItems(), { folds: true, live: false });
  expect(rows.map(({ look, depth, name }) => [look, depth, name])).toEqual([
    ['failed', 0, 'Lint'],
    ['failed', 1, 'Lint (42)'],
    [undefined, 1, '… 99 items succeeded'],
  ]);
});

test('unless nothing is to be folded', () => {
  expect(tableRows(manyItems(), { folds: false, live: false })).toHaveLength(101);
});

test('a fallback is a row with its name, time and reason', () => {
  const run = recordRun();
  run.add(groupStarted('g'), failed('g'), ...fellBack('g', 'on_failure', { error: 'exit code 9' }));
  expect(tableRows(run.state(), { folds: true, live: false })[1]).toEqual({
    look: 'tolerated',
    depth: 1,
    name: 'on_failure',
    path: 'g/on_failure',
    time: '0.7s',
    attempts: '',
    why: 'only a warning: exit code 9',
    isNotable: true,
  });
});

test('a flaky step needs a look in the attempt it ran in', () => {
  const run = recordRun();
  run.add(started('fetch'), tried('fetch'), ...triedAgain('fetch', 1), succeeded('fetch'));
  const rowOf = () => tableRows(run.state(), { folds: true, live: false })[0];
  expect(rowOf()).toMatchObject({ look: 'succeeded', attempts: '2', isNotable: true });
  run.resume();
  expect(rowOf()).toMatchObject({ look: 'kept', isNotable: false });
});

test('a fallback of a called file is reported from that of the step that calls it', () => {
  const run = recordRun();
  run.add(begun('call', 'pipeline'), ...fellBack('call/@pipeline', 'finally'), ...fellBack('call', 'finally'));
  const rows = tableRows(run.state(), { folds: true, live: false });
  expect(rows.map(({ depth, name, path }) => [depth, name, path])).toEqual([
    [0, 'call', 'call'],
    [1, 'finally of its pipeline', 'call/@pipeline/finally'],
    [1, 'finally', 'call/finally'],
  ]);
});
