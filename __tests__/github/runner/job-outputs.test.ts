import { expect, test } from 'vitest';
import { ACTION_OUTPUTS, jobOutputs, refusedOutputs, type OutputsOf } from '../../../src/github/runner/job-outputs.js';
import { failed, recordRun, started, succeeded, tried, triedAgain } from '../../report/recorded-run.js';
import type { RunState } from '../../../src/state/run-state.js';

const outputsOf = (state: RunState, more: Partial<OutputsOf> = {}) =>
  jobOutputs({ state, nothingToDo: false, checkpoint: { status: 'none' }, warnings: [], ...more });

const resumedFailure = (): RunState => {
  const run = recordRun();
  run.add(started('a'), succeeded('a', 61_400), started('b'), failed('b'));
  run.resume();
  run.add({ type: 'step_restored', step: 'a', because: 'x' }, started('b'), failed('b'));
  return run.add({ type: 'run_failed', failed_step: 'b', error: 'exit code 1', warnings: [] });
};

test('a failed resume outputs what failed and what was kept', () => {
  const warnings = ['one', 'two\nlines'];
  expect(outputsOf(resumedFailure(), { checkpoint: { status: 'saved' }, warnings })).toEqual({
    outcome: 'failed',
    'run-id': 'r1',
    attempt: '2',
    resumed: 'true',
    'steps-resumed': '1',
    'seconds-saved': '61',
    'failed-step': 'b',
    warnings: 'one\ntwo lines',
    flaky: '[]',
    checkpoint: 'saved',
    outputs: '{}',
  });
});

test('a success outputs the outputs of the pipeline as JSON', () => {
  const run = recordRun();
  const state = run.add({ type: 'run_succeeded', warnings: [], outputs: { version: '1.2', ok: true } });
  expect(outputsOf(state)).toMatchObject({
    outcome: 'succeeded',
    resumed: 'false',
    'failed-step': '',
    warnings: '',
    outputs: '{"ok":true,"version":"1.2"}',
  });
});

test('a run that never ended was aborted', () => {
  expect(outputsOf(recordRun().state()).outcome).toBe('aborted');
});

test('a refusal has every output too', () => {
  const outputs = refusedOutputs({ status: 'off' });
  expect(Object.keys(outputs)).toEqual(ACTION_OUTPUTS);
  expect(outputs).toMatchObject({ outcome: 'failed', flaky: '[]', checkpoint: 'off', outputs: '{}' });
});

test('flaky steps are a list of paths, those kept from before too', () => {
  const run = recordRun();
  run.add(started('a'), tried('a'), ...triedAgain('a', 1), succeeded('a'));
  run.add(started('each[0]'), tried('each[0]'), ...triedAgain('each[0]', 1), succeeded('each[0]'));
  run.add(started('b'), tried('b'), ...triedAgain('b', 1), failed('b'));
  run.resume();
  run.add({ type: 'step_restored', step: 'a', because: 'x' });
  expect(JSON.parse(outputsOf(run.state()).flaky)).toEqual(['a', 'each[0]']);
});
