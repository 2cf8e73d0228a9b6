import { expect, test } from 'vitest';
import { failedStep, failureText, loopAdvice } from '../../src/report/failure-text.js';
import type { EventBody } from '../../src/state/event.js';
import { begun, failed, fellBack, groupStarted, listed, recordRun, started } from './recorded-run.js';

const runFailed = (failedPath: string, error = 'exit code 1'): EventBody => ({
  type: 'run_failed',
  failed_step: failedPath,
  error,
  warnings: [],
});

test('a step is named with its path and what went wrong', () => {
  const run = recordRun();
  run.add(started('test', 'Run tests'), failed('test', 'exit code 3'), runFailed('test'));
  expect(failureText(run.state())).toBe(' at Run tests (test): exit code 3');
  expect(failedStep(run.state())?.path).toBe('test');
});

test('a step in an item names the item, and the iteration around that', () => {
  const run = recordRun();
  run.add(begun('fix', 'loop'), { type: 'loop_decided', step: 'fix', iteration: 0, goes_on: true, to_run: 0 });
  run.add(groupStarted('fix[0]', 'Fix [0]'), begun('fix[0]/each', 'fan-out'), listed('fix[0]/each', ['a.js', 'b.js']));
  run.add(groupStarted('fix[0]/each[1]', 'Each (b.js)'), started('fix[0]/each[1]/lint', 'Lint'));
  run.add(failed('fix[0]/each[1]/lint', 'exit code 2'), runFailed('fix[0]/each[1]/lint'));
  expect(failureText(run.state())).toBe(' at Lint in Fix [0], Each (b.js) (fix[0]/each[1]/lint): exit code 2');
});

test('an item that is one step names itself', () => {
  const run = recordRun();
  run.add(begun('lint', 'fan-out'), listed('lint', ['a.js']), started('lint[0]', 'lint (a.js)'));
  run.add(failed('lint[0]'), runFailed('lint[0]'));
  expect(failureText(run.state())).toBe(' at lint (a.js) (lint[0]): exit code 1');
});

test('a fallback of the pipeline that failed is named', () => {
  const run = recordRun();
  run.add(...fellBack('', 'on_success', { error: 'exit code 4' }), runFailed('on_success', 'on_success failed'));
  expect(failureText(run.state())).toBe(' at on_success: exit code 4');
});

test('where it was no step, the reason is still said', () => {
  expect(failureText(recordRun().add(runFailed('', 'the output "v" cannot be evaluated')))).toBe(
    ': the output "v" cannot be evaluated',
  );
  expect(failureText(recordRun().state())).toBe('');
  expect(failedStep(recordRun().state())).toBeUndefined();
});

test('a resume forgets what failed', () => {
  const run = recordRun();
  run.add(runFailed('', 'bad'));
  expect(failureText(run.resume())).toBe('');
});

test('a loop at its cap says what to do, any other failure of a loop does not', () => {
  const failedLoop = (error: string) =>
    recordRun().add(begun('fix', 'loop'), failed('fix', error), runFailed('fix', error));
  expect(loopAdvice(failedLoop('reached max_iterations (10) with its condition still true: x'))).toBe(
    'raise max_iterations of "fix", or find out why its condition still holds; a resume starts it from its first iteration',
  );
  expect(loopAdvice(failedLoop('exit code 1'))).toBeUndefined();
});
