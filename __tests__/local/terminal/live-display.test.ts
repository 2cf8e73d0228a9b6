import { expect, test } from 'vitest';
import type { EventBody } from '../../../src/state/event.js';
import { failed, groupStarted, started, succeeded, tried } from '../../report/recorded-run.js';
import { planned, watchRun } from '../watched-run.js';

test('a step alone is announced and its output comes through as it is', () => {
  const { run, print, out, err } = watchRun();
  run.add(planned(2), started('a', 'Step A'));
  print('a', 'hal');
  print('a', 'f\r50%\u001b[31m');
  run.add(succeeded('a'), started('b', 'Step B'));
  print('b', 'done\n');
  expect(out()).toBe('release run r1\n[1/2] Step A…\nhalf\r50%\u001b[31m\n[2/2] Step B…\ndone\n');
  expect(err()).toBe('');
});

test('concurrent steps have whole lines, each with the name of its step', () => {
  const { run, print, out } = watchRun();
  run.add(planned(2), started('a', 'Step A'));
  print('a', 'alone ');
  run.add(started('b', 'Step B'));
  print('a', 'then both\nhal');
  print('b', 'other\n');
  print('a', 'f\nrest');
  run.add(succeeded('a'));
  print('b', 'still named\n');
  run.add(succeeded('b'));
  expect(out()).toBe(
    [
      'release run r1',
      '[1/2] Step A…',
      'alone ',
      '[2/2] Step B…',
      'a | then both',
      'b | other',
      'a | half',
      'a | rest',
      '✓ Step A 1.2s',
      'b | still named',
      '✓ Step B 1.2s',
      '',
    ].join('\n'),
  );
});

test('containers are not announced and do not count, their steps do', () => {
  const { run, out } = watchRun();
  run.add(planned(2), groupStarted('g', 'Group'), started('g/a', 'A'), succeeded('g/a'));
  run.add(started('g/b', 'B'), failed('g/b', 'exit code 1'), failed('g', 'B failed'));
  expect(out()).toBe(
    [
      'release run r1',
      '[1/2] A…',
      '[2/2] B…',
      '✗ B failed after 0.3s: exit code 1',
      '✗ Group failed after 0.3s: B failed',
      '',
    ].join('\n'),
  );
});

const failedRun = (watched: ReturnType<typeof watchRun>) => {
  watched.run.add(planned(3), started('a', 'A'), succeeded('a'), started('b', 'B'), failed('b'));
  watched.run.add({ type: 'run_failed', failed_step: 'b', error: 'exit code 1', warnings: [] });
  return watched.out().length;
};

test('a resume says for each step what happens and why, and counts the kept ones', () => {
  const watched = watchRun();
  const before = failedRun(watched);
  watched.run.resume();
  watched.run.add({ type: 'step_restored', step: 'a', because: 'it succeeded' });
  watched.run.add(started('b', 'B', 'it failed last time'));
  expect(watched.out().slice(before)).toBe(
    ['release run r1, attempt 2', '↻ A kept: it succeeded', '[2/3] B… (it failed last time)', ''].join('\n'),
  );
});

test('many kept steps are one line before what comes next', () => {
  const { run, out } = watchRun();
  const steps = Array.from({ length: 100 }, (_, index) => `s${String(index)}`);
  run.add(planned(101), ...steps.flatMap((step) => [started(step), succeeded(step)]));
  const before = out().length;
  run.resume();
  run.add(planned(1, 100));
  run.add(...steps.map((step): EventBody => ({ type: 'step_restored', step, because: 'it succeeded' })));
  run.add(started('last', 'Last', 'it never ran'));
  expect(out().slice(before)).toContain('↻ 100 steps kept from attempt 1\n');
});

test('skipped steps are said with their reason before the run ends', () => {
  const { run, out } = watchRun();
  run.add(planned(2), { type: 'step_skipped', step: 'a', name: 'A', because: 'its condition was false' });
  run.add({ type: 'run_succeeded', warnings: [], outputs: {} });
  expect(out()).toBe('release run r1\n- A skipped: its condition was false\n');
});

test('the end is the table and the verdict', () => {
  const watched = watchRun();
  const before = failedRun(watched);
  watched.display.finish(watched.run.state(), { resumable: true });
  expect(watched.out().slice(before)).toBe(
    [
      '',
      '   step  time  attempts  why',
      '✓  A     1.2s',
      '✗  B     0.3s            exit code 1',
      '',
      '✗ release failed after 6.0s at B (b): exit code 1',
      '  log:     savepoint logs b',
      '  resume:  savepoint resume (keeps 1 finished step)',
      '',
    ].join('\n'),
  );
});

test('a resume with nothing to do says so', () => {
  const { run, display, out } = watchRun();
  const state = run.add({ type: 'run_succeeded', warnings: [], outputs: {} });
  display.nothingToDo(state);
  expect(out()).toContain('✓ nothing to do: run r1 of release is finished (succeeded)\n');
});

test('warnings go to stderr, and end an unfinished line of output first', () => {
  const { run, display, print, out, err } = watchRun();
  run.add(planned(1), started('a', 'A'));
  print('a', 'half');
  display.warning('disk is full', 'a');
  expect(err()).toBe('warning: a: disk is full\n');
  expect(out().endsWith('half\n')).toBe(true);
});

test('workflow commands are rendered where they were printed', () => {
  const { run, display, print, out } = watchRun();
  run.add(planned(2), started('a', 'A'));
  display.annotation('a', { kind: 'group', message: 'Install', properties: {} });
  display.annotation('a', { kind: 'debug', message: 'hidden', properties: {} });
  run.add(started('b', 'B'));
  print('a', 'rest');
  display.annotation('a', { kind: 'error', message: 'bad', properties: { file: 'a.ts', line: '3' } });
  expect(out()).toBe(
    ['release run r1', '[1/2] A…', '▸ Install', '[2/2] B…', 'a | rest', 'a | error: a.ts:3 bad', ''].join('\n'),
  );
});

test('--verbose shows debug messages, reasons and every result', () => {
  const { run, display, out } = watchRun({ loudness: 'verbose' });
  run.add(planned(1), started('a', 'A', 'it has not run yet'));
  display.annotation('a', { kind: 'debug', message: 'shown', properties: {} });
  run.add(succeeded('a'));
  expect(out()).toBe('release run r1\n[1/1] A… (it has not run yet)\ndebug: shown\n✓ A 1.2s\n');
});

test('--quiet shows only failures, with the last lines of their output, and the verdict', () => {
  const { run, display, print, out, err } = watchRun({ loudness: 'quiet' });
  run.add(planned(2), started('a', 'A'));
  print('a', 'not shown\n');
  run.add(succeeded('a'), started('b', 'B'));
  print('b', Array.from({ length: 1000 }, (_, index) => `line ${String(index)}\n`).join(''));
  display.annotation('b', { kind: 'error', message: 'bad', properties: {} });
  run.add(failed('b'), { type: 'run_failed', failed_step: 'b', error: 'exit code 1', warnings: [] });
  display.finish(run.state(), { resumable: true });
  const lines = out().split('\n');
  expect(lines.slice(0, 2)).toEqual(['✗ B failed after 0.3s: exit code 1', '  | line 981']);
  expect(lines.slice(19, 22)).toEqual([
    '  | line 999',
    '  | error: bad',
    '✗ release failed after 6.0s at B (b): exit code 1',
  ]);
  expect(err()).toBe('');
});

test('--json has the events on stdout and everything else on stderr', () => {
  const { run, display, print, out, err } = watchRun({ json: true });
  run.add(planned(1), started('a', 'A'), tried('a'));
  print('a', 'output\n');
  display.warning('careful');
  run.add(succeeded('a'), { type: 'run_succeeded', warnings: [], outputs: {} });
  display.finish(run.state(), { resumable: true });
  const types = out()
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { type: string }).type);
  expect(types).toEqual([
    'run_started',
    'plan_made',
    'step_started',
    'attempt_started',
    'step_succeeded',
    'run_succeeded',
  ]);
  expect(err()).toContain('[1/1] A…\noutput\nwarning: careful\n');
  expect(err()).toContain('✓ release succeeded');
});

test('a name cannot act on the terminal', () => {
  const { run, display, out, err } = watchRun();
  run.add(planned(1), started('a', 'A\u001b[2J'), failed('a', 'x\u001b[2J'));
  display.warning('w\u001b[2J');
  expect(out() + err()).not.toContain('\u001b');
});
