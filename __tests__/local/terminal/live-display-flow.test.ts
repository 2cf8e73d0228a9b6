import { expect, test } from 'vitest';
import { createDisplay } from '../../../src/local/terminal/live-display.js';
import type { EventBody } from '../../../src/state/event.js';
import {
  begun,
  failed,
  fellBack,
  listed,
  recordRun,
  started,
  succeeded,
  tried,
  triedAgain,
} from '../../report/recorded-run.js';
import { newMemoryOutlet } from '../memory-terminal.js';
import { planned, watchRun } from '../watched-run.js';

test('an attempt that is made again is one line, and choices are one each', () => {
  const { run, print, out } = watchRun();
  run.add(planned(1), started('fetch', 'Fetch'), tried('fetch'));
  print('fetch', 'no answer');
  run.add(...triedAgain('fetch', 1, 'exit code 7'), succeeded('fetch'), begun('route', 'branch'));
  run.add({ type: 'arm_chosen', step: 'route', arm: 'else', to_run: 1 }, started('route/else/x', 'X'));
  run.add(succeeded('route/else/x'), succeeded('route'), begun('each', 'fan-out'), listed('each', ['a', 'b']));
  run.add(started('each[0]', 'Each (a)'), succeeded('each[0]'), started('each[1]', 'Each (b)'));
  expect(out()).toBe(
    [
      'release run r1',
      '[1/1] Fetch…',
      'no answer',
      'attempt 1 of "fetch" failed: exit code 7; again in 2.0s',
      'route: takes "else"',
      '[2/2] X…',
      'each: 2 items',
      '[3/4] Each (a)…',
      '[4/4] Each (b)…',
      '',
    ].join('\n'),
  );
});

test('a fallback is announced, and its steps below it', () => {
  const { run, print, out } = watchRun();
  run.add(planned(1), started('build', 'Build'), failed('build'));
  run.add({ type: 'fallback_started', step: 'build', fallback: 'on_failure', to_run: 1 });
  run.add(started('build/on_failure/tell', 'Tell'));
  print('build/on_failure/tell', 'told\n');
  run.add(succeeded('build/on_failure/tell'));
  expect(out()).toBe(
    [
      'release run r1',
      '[1/1] Build…',
      '✗ Build failed after 0.3s: exit code 1',
      'on_failure of build…',
      '[2/2] Tell…',
      'told',
      '',
    ].join('\n'),
  );
});

test('a step does not print beside its own fallback', () => {
  const { run, print, out } = watchRun();
  run.add(planned(1), started('a', 'A'), ...fellBack('a', 'on_started', { inner: [started('a/on_started/p', 'P')] }));
  run.add(succeeded('a/on_started/p'));
  print('a', 'working\n');
  expect(out()).toBe('release run r1\n[1/1] A…\non_started of a…\n[2/2] P…\nworking\n');
});

const interrupted = (loudness: 'normal' | 'quiet', bodies: readonly EventBody[]): string => {
  const out = newMemoryOutlet();
  const commandLine = (words: string): string => `savepoint ${words}`;
  const display = createDisplay({ out, err: newMemoryOutlet(), output: { json: false, loudness }, commandLine });
  const before = recordRun();
  before.add(started('deploy', 'Deploy'));
  for (const body of bodies) {
    const seq = before.state().seq + 1;
    display.event({ v: 1, seq, at: seq * 1000, run: 'r1', attempt: 1, ...body }, before.add(body));
  }
  return out.text();
};

const LATE: EventBody = { type: 'late_abortion', steps: ['deploy'] };
const ABORTED: EventBody = { type: 'run_aborted', by: 'signal', warnings: [] };

test('an attempt that was interrupted is said, also quietly, and that it is cleaned up only where it is', () => {
  expect(interrupted('normal', [LATE, ...fellBack('deploy', 'on_abortion'), ABORTED])).toBe(
    'the last attempt was interrupted while it ran "deploy"; its cleanup runs now\non_abortion of deploy…\n',
  );
  expect(interrupted('quiet', [LATE, ABORTED])).toBe('the last attempt was interrupted while it ran "deploy"\n');
});

test('--quiet says nothing of retries, choices and fallbacks', () => {
  const { run, out } = watchRun({ loudness: 'quiet' });
  run.add(
    planned(1),
    started('a', 'A'),
    tried('a'),
    ...triedAgain('a', 1),
    succeeded('a'),
    ...fellBack('a', 'finally'),
  );
  expect(out()).toBe('');
});

test('on a resume the steps of a fallback say no reason, as the fallback is it', () => {
  const { run, out } = watchRun();
  run.add(planned(1), started('a'), failed('a'));
  const before = out().length;
  run.resume();
  run.add(planned(1), started('a', 'A', 'it failed last time'), failed('a'));
  run.add(...fellBack('a', 'on_failure', { inner: [started('a/on_failure/n', 'N', 'a fallback')] }));
  expect(out().slice(before)).toContain('[1/1] A… (it failed last time)\n');
  expect(out().slice(before)).toContain('[2/2] N…\n');
});

test('a warning that names its step is not said to be of that step again', () => {
  const { display, err } = watchRun();
  display.warning('the fallback on_failure of "a" failed: exit code 1', 'a');
  expect(err()).toBe('warning: the fallback on_failure of "a" failed: exit code 1\n');
});
