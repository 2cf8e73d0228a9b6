import { describe, expect, test } from 'vitest';
import {
  interruptedNote,
  flakyNote,
  freshText,
  isResumed,
  jobVerdict,
  markedVerdict,
  rerunText,
  resumedText,
  resumeSavings,
  shownState,
  type CheckpointReport,
  type JobEnd,
} from '../../src/report/job-verdict.js';
import { stepLook } from '../../src/report/step/step-look.js';
import type { EventBody } from '../../src/state/event.js';
import type { RunState } from '../../src/state/run-state.js';
import { failed, fellBack, groupStarted, recordRun, started, succeeded, tried, triedAgain } from './recorded-run.js';

const endOf = (state: RunState, more: Partial<JobEnd> = {}): JobEnd => ({
  state,
  elapsedMs: 12_300,
  nothingToDo: false,
  checkpoint: { status: 'none' },
  ...more,
});

const FAILED: EventBody = { type: 'run_failed', failed_step: 'test', error: 'exit code 1', warnings: [] };
const SUCCEEDED: EventBody = { type: 'run_succeeded', warnings: [], outputs: {} };

const failedRun = () => {
  const run = recordRun();
  run.add(groupStarted('g'), started('g/a'), succeeded('g/a', 40_000), succeeded('g', 40_500));
  run.add(started('test', 'Run tests'), failed('test'), FAILED);
  return run;
};

describe('the verdict', () => {
  const verdictOf = (last: EventBody, more: Partial<JobEnd> = {}): string => {
    const run = recordRun();
    return markedVerdict(jobVerdict(endOf(run.add(last), more)));
  };

  test.each<[string, EventBody]>([
    ['✓ release succeeded in 12.3s', SUCCEEDED],
    ['! release succeeded with warnings in 12.3s', { ...SUCCEEDED, warnings: ['w'] }],
    ['✗ release failed after 12.3s: exit code 1', { ...FAILED, failed_step: '' }],
    ['⊘ release was aborted after 12.3s', { type: 'run_aborted', by: 'signal', warnings: [] }],
  ])('is %s', (text, last) => {
    expect(verdictOf(last)).toBe(text);
  });

  test('names the step that failed first', () => {
    expect(jobVerdict(endOf(failedRun().state())).text).toBe(
      'release failed after 12.3s at Run tests (test): exit code 1',
    );
  });

  test('names the signal', () => {
    expect(verdictOf({ type: 'run_aborted', by: 'signal', warnings: [] }, { signal: 'SIGINT' })).toBe(
      '⊘ release was aborted by SIGINT after 12.3s: the job was cancelled, or its time was over',
    );
  });

  test('says that nothing was to do', () => {
    expect(verdictOf(SUCCEEDED, { nothingToDo: true })).toBe(
      '↻ release had finished before (succeeded), nothing to do',
    );
  });

  test('of a run that never ended is that it was interrupted', () => {
    expect(jobVerdict(endOf(recordRun().state())).text).toBe('release was interrupted');
  });
});

describe('savings', () => {
  test('count steps that were kept, and not what holds them', () => {
    const run = failedRun();
    run.resume();
    run.add({ type: 'step_restored', step: 'g', because: 'x' }, { type: 'step_restored', step: 'g/a', because: 'x' });
    run.add(started('test'), succeeded('test'), SUCCEEDED);
    const end = endOf(run.state());
    expect(resumeSavings(end)).toEqual({ stepsResumed: 1, savedMs: 40_000 });
    expect(resumedText(end)).toBe('Resumed: 1 step kept from before, saved 40.0s.');
    expect(isResumed(end)).toBe(true);
  });

  test('are everything when nothing was to do', () => {
    const run = recordRun();
    run.add(started('a'), succeeded('a', 2000), SUCCEEDED);
    const end = endOf(run.state(), { nothingToDo: true });
    expect(resumeSavings(end)).toEqual({ stepsResumed: 1, savedMs: 2000 });
    expect(isResumed(end)).toBe(true);
  });

  test('are nothing in a first attempt, and not spoken of', () => {
    const end = endOf(failedRun().state());
    expect(resumeSavings(end)).toEqual({ stepsResumed: 0, savedMs: 0 });
    expect([resumedText(end), isResumed(end)]).toEqual([undefined, false]);
  });

  test('may be nothing in a resumed run', () => {
    const run = recordRun();
    run.add(started('a'), failed('a'));
    run.resume();
    expect(resumedText(endOf(run.state()))).toBe('Resumed, but no step was kept from before.');
  });
});

describe('what a re-run does', () => {
  const after = (checkpoint: CheckpointReport): string | undefined =>
    rerunText(endOf(failedRun().state(), { checkpoint }));

  test('is to continue from the checkpoint', () => {
    expect(after({ status: 'saved' })).toBe('"Re-run failed jobs" resumes here and keeps 1 finished step.');
  });

  test('is to continue from steps that are still to be saved', () => {
    expect(after({ status: 'pending' })).toBe(
      '"Re-run failed jobs" resumes here: finished steps are saved at the end of this job.',
    );
  });

  test('names finished steps that it cannot keep', () => {
    expect(after({ status: 'saved', again: ['g/a'] })).toBe(
      '"Re-run failed jobs" resumes here, but of 1 finished step these run again, with all that need them: "g/a".',
    );
    const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    expect(after({ status: 'saved', again: many })).toMatch(/: "a", "b", "c", "d", "e" and 2 more\.$/);
  });

  test.each<CheckpointReport['status']>(['saved', 'pending', 'failed', 'none'])(
    'is everything when no step had finished: %s',
    (status) => {
      const state = recordRun().add(started('test'), failed('test'), FAILED);
      expect(rerunText(endOf(state, { checkpoint: { status } }))).toBe(
        '"Re-run failed jobs" starts from the beginning: no step had finished.',
      );
    },
  );

  test.each<[CheckpointReport, string]>([
    [{ status: 'failed', detail: 'no answer' }, 'the latest checkpoint could not be saved: no answer.'],
    [{ status: 'off' }, 'checkpoints are switched off.'],
    [{ status: 'none' }, 'there is no checkpoint.'],
  ])('without one it repeats work: %j', (checkpoint, text) => {
    expect(after(checkpoint)).toContain(text);
  });

  test('is not spoken of after a success', () => {
    expect(rerunText(endOf(recordRun().add(SUCCEEDED)))).toBeUndefined();
  });
});

describe('how to start fresh', () => {
  const resumed = (last: EventBody): RunState => {
    const run = failedRun();
    run.resume();
    return run.add(last);
  };

  test('does not ask to change the workflow file', () => {
    expect(freshText(endOf(resumed(FAILED)))).toContain("${{ vars.SAVEPOINT_RESUME || 'auto' }}");
  });

  test('is just to re-run after a success, unless that had nothing to do', () => {
    const state = resumed(SUCCEEDED);
    expect(freshText(endOf(state))).toBe('To run every step again, re-run this job after it has succeeded.');
    expect(freshText(endOf(state, { nothingToDo: true }))).toContain('SAVEPOINT_RESUME');
  });

  test('is not spoken of where nothing was resumed, or nothing kept', () => {
    expect(freshText(endOf(failedRun().state()))).toBeUndefined();
    const run = recordRun();
    run.add(started('a'), failed('a'), FAILED);
    run.resume();
    expect(freshText(endOf(run.add(started('a'), succeeded('a'), SUCCEEDED)))).toBeUndefined();
  });
});

test('where nothing was to do every finished step is shown as kept', () => {
  const state = recordRun().add(started('a'), succeeded('a'), SUCCEEDED);
  const lookOf = (nothingToDo: boolean): string[] => {
    const shown = shownState(endOf(state, { nothingToDo }));
    return [...shown.steps.values()].map((record) => stepLook(record, shown));
  };
  expect([lookOf(false), lookOf(true)]).toEqual([['succeeded'], ['kept']]);
});

test('an attempt that was interrupted before is reported as a sentence', () => {
  const end = endOf(failedRun().state());
  expect(interruptedNote(end)).toBeUndefined();
  expect(interruptedNote({ ...end, interrupted: { steps: ['deploy'], hasCleanup: true } })).toBe(
    'The last attempt was interrupted while it ran "deploy"; its cleanup ran now.',
  );
  expect(interruptedNote({ ...end, interrupted: { steps: [], hasCleanup: false } })).toBe(
    'The last attempt was interrupted.',
  );
});

test('flaky steps of this attempt are reported as a sentence', () => {
  const run = recordRun();
  run.add(started('fetch'), tried('fetch'), ...triedAgain('fetch', 1), succeeded('fetch'));
  expect(flakyNote(endOf(run.state()))).toBe('Flaky: fetch (2 attempts).');
  expect(flakyNote(endOf(run.state(), { nothingToDo: true }))).toBeUndefined();
});

test('a step of a fallback counts neither as finished nor as kept', () => {
  const run = recordRun();
  run.add(started('test'), failed('test'));
  run.add(
    ...fellBack('test', 'on_failure', { inner: [started('test/on_failure/n'), succeeded('test/on_failure/n')] }),
    FAILED,
  );
  expect(rerunText(endOf(run.state()))).toContain('no step had finished');
  expect(resumeSavings(endOf(run.resume())).stepsResumed).toBe(0);
});
