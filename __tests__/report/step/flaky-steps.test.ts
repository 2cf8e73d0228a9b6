import { expect, test } from 'vitest';
import { flakyLines, flakySteps, flakyText } from '../../../src/report/step/flaky-steps.js';
import { PLAIN } from '../../../src/report/text/paint.js';
import { failed, recordRun, started, succeeded, tried, triedAgain } from '../recorded-run.js';

const flakyRun = () => {
  const run = recordRun();
  run.add(started('fetch'), tried('fetch'), ...triedAgain('fetch', 1), ...triedAgain('fetch', 2), succeeded('fetch'));
  run.add(started('plain'), tried('plain'), succeeded('plain'));
  run.add(started('bad'), tried('bad'), ...triedAgain('bad', 1), failed('bad'));
  return run;
};

test('steps that passed only when they were tried again are named with their attempts', () => {
  expect(flakyLines(flakyRun().state(), PLAIN)).toEqual(['flaky: fetch (3 attempts)']);
});

test('those of an earlier run attempt were named then', () => {
  const run = flakyRun();
  run.resume();
  run.add({ type: 'step_restored', step: 'fetch', because: 'x' });
  expect(flakySteps(run.state())).toEqual([]);
  expect(flakyLines(run.state(), PLAIN)).toEqual([]);
});

test('many are counted', () => {
  const run = recordRun();
  for (let index = 0; index < 13; index += 1) {
    const step = `each[${String(index)}]`;
    run.add(started(step), tried(step), ...triedAgain(step, 1), succeeded(step));
  }
  expect(flakyText(flakySteps(run.state()))).toMatch(
    /^each\[0\] \(2 attempts\), .*each\[9\] \(2 attempts\) and 3 more$/,
  );
});
