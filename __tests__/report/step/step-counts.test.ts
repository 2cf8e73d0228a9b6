import { expect, test } from 'vitest';
import { countLooks, countsText, plural } from '../../../src/report/step/step-counts.js';
import { begun, failed, fellBack, groupStarted, listed, recordRun, started, succeeded } from '../recorded-run.js';

test('containers are not counted, and kept steps have saved their time', () => {
  const run = recordRun();
  run.add(groupStarted('g'), started('g/a'), succeeded('g/a', 4000), succeeded('g', 5000), started('b'));
  run.resume();
  run.add(started('b'), succeeded('b'));
  expect(countsText(run.state())).toBe('2 steps: 1 succeeded, 1 kept');
  expect(countLooks(run.state()).savedMs).toBe(4000);
});

test('a run without steps has none', () => {
  expect(countsText(recordRun().state())).toBe('no steps');
});

test.each([
  [0, '0 steps'],
  [1, '1 step'],
  [2, '2 steps'],
])('%i is said as "%s"', (count, text) => {
  expect(plural(count, 'step')).toBe(text);
});

test('steps of fallbacks are not counted, items are and fan-outs are not', () => {
  const run = recordRun();
  run.add(begun('each', 'fan-out'), listed('each', ['x', 'y']), started('each[0]'), succeeded('each[0]'));
  run.add(started('each[1]'), failed('each[1]'));
  run.add(
    ...fellBack('each[1]', 'on_failure', {
      inner: [started('each[1]/on_failure/n'), succeeded('each[1]/on_failure/n')],
    }),
  );
  expect(countsText(run.state())).toBe('2 steps: 1 failed, 1 succeeded');
});
