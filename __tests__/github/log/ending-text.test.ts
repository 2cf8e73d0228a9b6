import { expect, test } from 'vitest';
import { createHeldAnnotations } from '../../../src/github/log/annotations.js';
import { writeEnding, writeVerdict } from '../../../src/github/log/ending-text.js';
import { createJobLog } from '../../../src/github/log/job-log.js';
import type { JobEnd } from '../../../src/report/job-verdict.js';
import { begun, failed, listed, recordRun, started, succeeded, tried, triedAgain } from '../../report/recorded-run.js';
import { newMemoryLog } from '../memory-log.js';

const newPlace = () => {
  const out = newMemoryLog();
  const place = { log: createJobLog(out, 'tok'), held: createHeldAnnotations(), paint: out.paint };
  return { place, lines: (): readonly string[] => out.text().split('\n').slice(0, -1) };
};

const endOf = (run: ReturnType<typeof recordRun>, more: Partial<JobEnd> = {}): JobEnd => ({
  state: run.state(),
  elapsedMs: 1000,
  nothingToDo: false,
  checkpoint: { status: 'none' },
  ...more,
});

test('of a long run only what needs a look is in the table', () => {
  const run = recordRun();
  for (let index = 0; index < 60; index++) run.add(started(`s${String(index)}`), succeeded(`s${String(index)}`));
  run.add(started('bad', 'Bad'), failed('bad'));
  run.add({ type: 'run_failed', failed_step: 'bad', error: 'exit code 1', warnings: [] });
  const { place, lines } = newPlace();
  writeEnding(endOf(run), place);
  expect(lines()).toEqual([
    '',
    '   step  time  attempts  why',
    '✗  Bad   0.3s            exit code 1',
    '61 steps: 1 failed, 60 succeeded (the job summary lists them all)',
    '',
    '::error::release failed after 1.0s at Bad (bad): exit code 1',
    '"Re-run failed jobs" starts from the beginning, because there is no checkpoint.',
  ]);
});

test('a run that had finished before says so, and how to run it all again', () => {
  const run = recordRun();
  run.add(started('a', 'A'), succeeded('a'), { type: 'run_succeeded', warnings: [], outputs: {} });
  const { place, lines } = newPlace();
  writeEnding(endOf(run, { nothingToDo: true }), place);
  expect(lines()[2]).toBe('↻  A     1.2s            kept from attempt 1');
  expect(lines().slice(4)).toEqual([
    '↻ release had finished before (succeeded), nothing to do',
    'Resumed: 1 step kept from before, saved 1.2s.',
    expect.stringContaining('To start fresh instead'),
  ]);
});

test('what GitHub would not show is counted', () => {
  const { place, lines } = newPlace();
  for (let index = 0; index < 12; index++) place.held.printed({ kind: 'error', message: 'x', properties: {} });
  for (let index = 0; index < 11; index++) place.held.printed({ kind: 'notice', message: 'x', properties: {} });
  writeVerdict({ kind: 'error', message: 'verdict', properties: {} }, place);
  expect(lines()[0]).toBe('::error::verdict');
  expect(lines().filter((line) => line.startsWith('::'))).toHaveLength(20);
  expect(lines().at(-1)).toBe('GitHub shows 10 annotations of a kind at most; left out: 3 errors, 1 notice');
});

test('each flaky step is a warning, after those of the run', () => {
  const run = recordRun();
  run.add(started('a'), tried('a'), ...triedAgain('a', 1), succeeded('a'));
  run.add({ type: 'run_succeeded', warnings: ['careful'], outputs: {} });
  const { place, lines } = newPlace();
  writeEnding(endOf(run), place);
  expect(lines().filter((line) => line.startsWith('::'))).toEqual([
    '::warning::careful',
    '::warning::flaky: "a" passed at attempt 2',
  ]);
});

test('flaky steps of a run that had finished before were warned of then', () => {
  const run = recordRun();
  run.add(started('a'), tried('a'), ...triedAgain('a', 1), succeeded('a'));
  run.add({ type: 'run_succeeded', warnings: [], outputs: {} });
  const { place, lines } = newPlace();
  writeEnding(endOf(run, { nothingToDo: true }), place);
  expect(lines().filter((line) => line.startsWith('::'))).toEqual([]);
});

test('a table that fits because items are counted is whole', () => {
  const run = recordRun();
  run.add(
    begun('each', 'fan-out', 'Each'),
    listed(
      'each',
      Array.from({ length: 100 }, (_, index) => index),
    ),
  );
  for (let index = 0; index < 100; index++) {
    run.add(started(`each[${String(index)}]`), succeeded(`each[${String(index)}]`));
  }
  run.add(succeeded('each'), started('last'), succeeded('last'), { type: 'run_succeeded', warnings: [], outputs: {} });
  const { place, lines } = newPlace();
  writeEnding(endOf(run), place);
  expect(lines().slice(2, 5)).toEqual([
    '✓  Each                     1.2s            100 items',
    '     … 100 items succeeded',
    '✓  last                     1.2s',
  ]);
});
