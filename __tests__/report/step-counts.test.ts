import { expect, test } from 'vitest';
import { countLooks, countsText, plural } from '../../src/report/step-counts.js';
import { groupStarted, recordRun, started, succeeded } from './recorded-run.js';

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
