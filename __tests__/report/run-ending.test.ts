import { expect, test } from 'vitest';
import { PLAIN } from '../../src/report/text/paint.js';
import { renderEnding, renderNothingToDo, type EndingOptions } from '../../src/report/run-ending.js';
import { begun, failed, listed, recordRun, started, succeeded, tried, triedAgain } from './recorded-run.js';

const options: EndingOptions = {
  paint: PLAIN,
  elapsedMs: 12_300,
  resumable: true,
  commandLine: (words) => `savepoint ${words}`,
};

const succeededRun = (warnings: readonly string[] = []) => {
  const run = recordRun();
  run.add(started('a'), succeeded('a', 45_000), { type: 'run_succeeded', warnings, outputs: {} });
  return run;
};

const failedRun = () => {
  const run = recordRun();
  run.add(started('a'), succeeded('a'), started('test', 'Run tests'), failed('test', 'exit code 1'));
  run.add({ type: 'run_failed', failed_step: 'test', error: 'exit code 1', warnings: [] });
  return run;
};

test('a success says how long it took', () => {
  expect(renderEnding(succeededRun().state(), options)).toEqual(['✓ release succeeded in 12.3s']);
});

test('a resumed success says what that saved', () => {
  const run = failedRun();
  run.resume();
  run.add({ type: 'step_restored', step: 'a', because: 'it succeeded' }, started('test'), succeeded('test'));
  run.add({ type: 'run_succeeded', warnings: [], outputs: {} });
  expect(renderEnding(run.state(), options)).toEqual([
    '✓ release succeeded in 12.3s (1 step kept from before, saved 1.2s)',
  ]);
});

test('warnings come before the verdict', () => {
  expect(renderEnding(succeededRun(['step lint failed']).state(), options)).toEqual([
    'warning: step lint failed',
    '✓ release succeeded with warnings in 12.3s',
  ]);
});

test('at most ten warnings are shown', () => {
  const warnings = Array.from({ length: 13 }, (_, index) => `w${String(index)}`);
  expect(renderEnding(succeededRun(warnings).state(), options).slice(9)).toEqual([
    'warning: w9',
    'and 3 more warnings',
    '✓ release succeeded with warnings in 12.3s',
  ]);
});

test('a failure says what failed first, where its log is, and how to continue', () => {
  expect(renderEnding(failedRun().state(), options)).toEqual([
    '✗ release failed after 12.3s at Run tests (test): exit code 1',
    '  log:     savepoint logs test',
    '  resume:  savepoint resume (keeps 1 finished step)',
  ]);
});

test('a run whose journal could not be written does not offer a resume', () => {
  const lines = renderEnding(failedRun().state(), { ...options, resumable: false });
  expect(lines.join('\n')).not.toContain('resume');
  expect(lines.at(-1)).toBe(
    '  not resumable: the journal could not be written, so the next run starts from the beginning',
  );
});

test('an aborted run says by what', () => {
  const run = recordRun();
  run.add({ type: 'run_aborted', by: 'signal', warnings: [] });
  expect(renderEnding(run.state(), { ...options, signal: 'SIGINT' })).toEqual([
    '⊘ release was aborted by SIGINT after 12.3s',
    '  resume:  savepoint resume',
  ]);
});

test('a finished run has nothing left to do', () => {
  expect(renderNothingToDo(succeededRun().state(), PLAIN)).toBe(
    '✓ nothing to do: run r1 of release is finished (succeeded)',
  );
});

test('flaky steps are named before the verdict, with their attempts', () => {
  const run = recordRun();
  run.add(started('fetch'), tried('fetch'), ...triedAgain('fetch', 1), ...triedAgain('fetch', 2), succeeded('fetch'));
  run.add({ type: 'run_succeeded', warnings: [], outputs: {} });
  expect(renderEnding(run.state(), options)).toEqual(['flaky: fetch (3 attempts)', '✓ release succeeded in 12.3s']);
});

test('a failure in an item names the item, and its path is safe in a shell', () => {
  const run = recordRun();
  run.add(begun('each', 'fan-out'), listed('each', ['a', 'b']), begun('each[1]', 'group', 'Each (b)'));
  run.add(started('each[1]/lint', 'Lint'), failed('each[1]/lint'), failed('each[1]'), failed('each'));
  run.add({ type: 'run_failed', failed_step: 'each[1]/lint', error: 'exit code 1', warnings: [] });
  expect(renderEnding(run.state(), options)).toEqual([
    '✗ release failed after 12.3s at Lint in Each (b) (each[1]/lint): exit code 1',
    "  log:     savepoint logs 'each[1]/lint'",
    '  resume:  savepoint resume',
  ]);
});

test('a loop at its cap says what to do', () => {
  const error = 'reached max_iterations (3) with its condition still true: steps.x.outputs.n > 0';
  const run = recordRun();
  run.add(begun('fix', 'loop', 'Fix'), failed('fix', error));
  run.add({ type: 'run_failed', failed_step: 'fix', error, warnings: [] });
  expect(renderEnding(run.state(), options).slice(0, 2)).toEqual([
    `✗ release failed after 12.3s at Fix (fix): ${error}`,
    '  loop:    raise max_iterations of "fix", or find out why its condition still holds; a resume starts it from its first iteration',
  ]);
});

test('a run that failed at no step has no log to look at', () => {
  const run = recordRun();
  run.add({ type: 'run_failed', failed_step: '', error: 'the output "v" is wrong', warnings: [] });
  expect(renderEnding(run.state(), options)).toEqual([
    '✗ release failed after 12.3s: the output "v" is wrong',
    '  resume:  savepoint resume',
  ]);
});
