import { expect, test } from 'vitest';
import { PLAIN } from '../../src/report/text/paint.js';
import { renderHistory, renderStatus } from '../../src/report/status-text.js';
import { failed, fellBack, recordRun, started, succeeded, tried, triedAgain } from './recorded-run.js';

const options = {
  paint: PLAIN,
  columns: undefined,
  live: false,
  formatTime: (ms: number) => `t${String(ms)}`,
  resumeCommand: 'savepoint resume',
};

const failedRun = () => {
  const run = recordRun();
  run.add(started('a', 'A'), succeeded('a'), started('b', 'B'), failed('b'));
  return run.add({ type: 'run_failed', failed_step: 'b', error: 'exit code 1', warnings: ['careful'] });
};

test('a status shows the state of the run, every step with its path, and how to continue', () => {
  expect(renderStatus(failedRun(), options)).toEqual([
    'release failed',
    'run r1, attempt 1, started t1000',
    '2 steps: 1 failed, 1 succeeded',
    '',
    '   step  path  time  attempts  why',
    '✓  A     a     1.2s',
    '✗  B     b     0.3s            exit code 1',
    'warning: careful',
    '',
    'resume: savepoint resume',
  ]);
});

test('a run that never ended is interrupted, unless a process works on it', () => {
  const state = recordRun().add(started('a'));
  const interrupted = renderStatus(state, options).join('\n');
  expect(interrupted).toMatch(/^release was interrupted\n.*\n1 step: 1 interrupted\n/);
  expect(interrupted).toMatch(/^⊘ .* it never ended\n\nresume: savepoint resume$/m);
  const live = renderStatus(state, { ...options, live: true }).join('\n');
  expect(live).toMatch(/^release is running\n.*\n1 step: 1 running\n/);
  expect(live).toMatch(/^▸ .* it is running$/m);
  expect(live).not.toContain('savepoint resume');
});

test('earlier runs are listed with their ids', () => {
  expect(renderHistory([failedRun()], options)).toEqual(['1 earlier run:', '  r1  release  failed  t1000']);
});

test('a live status shows what is tried again, and fallbacks that run', () => {
  const run = recordRun();
  run.add(started('a', 'A'), failed('a'), { type: 'fallback_started', step: 'a', fallback: 'on_failure', to_run: 1 });
  run.add(started('a/on_failure/n', 'N'), tried('a/on_failure/n'), ...triedAgain('a/on_failure/n', 1, 'exit code 7'));
  expect(renderStatus(run.state(), { ...options, live: true }).slice(4)).toEqual([
    '   step          path            time  attempts  why',
    '✗  A             a               0.3s            exit code 1',
    '▸    on_failure  a/on_failure                    it is running',
    '▸      N         a/on_failure/n               2  it is running; an attempt failed: exit code 7',
  ]);
});

test('a run whose last attempt was interrupted says so while it is cleaned up, and after that', () => {
  const run = recordRun();
  run.add(started('deploy'), { type: 'late_abortion', steps: ['deploy'] });
  expect(renderStatus(run.state(), { ...options, live: true })[0]).toBe('release was aborted, its fallbacks run');
  run.add(...fellBack('deploy', 'on_abortion'), { type: 'run_aborted', by: 'signal', warnings: [] });
  const lines = renderStatus(run.state(), options);
  expect(lines[0]).toBe('release aborted');
  expect(lines.join('\n')).toContain('the run was interrupted');
});

test('flaky steps are named', () => {
  const run = recordRun();
  run.add(started('a'), tried('a'), ...triedAgain('a', 1), succeeded('a'));
  expect(renderStatus(run.state(), options)).toContain('flaky: a (2 attempts)');
});
