import { describe, expect, test } from 'vitest';
import { flakyLines, flakySteps, flakyText } from '../../../src/report/step/flaky-steps.js';
import { PLAIN } from '../../../src/report/text/paint.js';
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
import { countLooks, countsText, plural } from '../../../src/report/step/step-counts.js';

describe('flaky steps', () => {
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
});

describe('step counts', () => {
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
});
