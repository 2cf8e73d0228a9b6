import { describe, expect, test } from 'vitest';
import { isFlaky } from '../../../src/state/state-file.js';
import { pipeline, script } from '../../plan/pipeline-builder.js';
import { free } from '../acts.js';
import { attemptsIn, inTurn, oneStep, SLOW, THREE } from '../attempts.js';
import { endingsOf, eventOf, runEngine, startEngine } from '../engine.js';
import { err, ok, type Result } from '../../../src/base/result.js';
import { createAttemptsLog, type AttemptsLog } from '../../../src/run/step/run-attempts.js';

describe('a step with retries', () => {
  test('that succeeds at once is tried once', async () => {
    const engine = await runEngine(oneStep(THREE));
    expect(attemptsIn(engine.journal.events)).toEqual(['1 started']);
    expect(engine.state.steps.get('a')?.tries).toBe(1);
  });

  test('is tried until it succeeds, and is flaky then', async () => {
    const engine = await runEngine(oneStep(THREE), { act: inTurn({ exit: 1 }, { exit: 2 }, {}) });
    expect(attemptsIn(engine.journal.events)).toEqual([
      '1 started',
      '1 failed: exit code 1 (1), next in 0',
      '2 started',
      '2 failed: exit code 2 (2), next in 0',
      '3 started',
    ]);
    expect(endingsOf(engine.journal.events)).toEqual({ a: 'succeeded' });
    const record = engine.state.steps.get('a');
    expect(record !== undefined && isFlaky(record)).toBe(true);
    expect(engine.state.status).toBe('succeeded');
  });

  test('fails as its last attempt did, in one event', async () => {
    const engine = await runEngine(oneStep(THREE), { act: inTurn({ exit: 1 }, { exit: 2 }, { exit: 3 }) });
    expect(attemptsIn(engine.journal.events).at(-1)).toBe('3 failed: exit code 3 (3)');
    expect(eventOf(engine.journal.events, 'step_failed')).toMatchObject({ error: 'exit code 3', exit_code: 3 });
  });

  test('keeps outputs, exports, summary and output of its last attempt only', async () => {
    const file = pipeline([script('a', { retry: THREE, captures: true }), script('b')]);
    const engine = await runEngine(file, {
      act: inTurn(
        { exit: 1, output: 'x=1\nold=1\n', env: 'X=1\nOLD=1\n', path: '/old\n', print: 'one', summary: '# one' },
        { output: 'x=2\n', env: 'X=2\n', print: 'two', summary: '# two' },
      ),
    });
    expect(eventOf(engine.journal.events, 'step_succeeded', 'a')).toMatchObject({
      outputs: { x: '2' },
      exports: { env: { X: '2' }, path: [] },
      stdout: 'two',
    });
    expect(eventOf(engine.journal.events, 'step_succeeded', 'a').outputs).toEqual({ x: '2' });
    expect(engine.process('b').command.env).toMatchObject({ X: '2', PATH: '/bin' });
    expect(engine.process('b').command.env).not.toHaveProperty('OLD');
    expect(engine.summaries.get('a')).toBe('# two');
  });

  test('forgets a secret output of an attempt that failed', async () => {
    const file = pipeline([script('a', { retry: THREE }), script('b', { env: { X: '${{ steps.a.outputs.x }}' } })], {
      secrets: ['TOKEN'],
    });
    const engine = await runEngine(file, {
      env: { TOKEN: 'hunter2-hunter2' },
      act: inTurn({ exit: 1, output: 'x=hunter2-hunter2\n' }, { output: 'x=plain\n' }),
    });
    expect(engine.process('b').command.env['X']).toBe('plain');
    expect(engine.display.warnings).toEqual([]);
  });

  test('has all attempts in its log, with a line between them', async () => {
    const engine = await runEngine(oneStep(THREE), { act: inTurn({ exit: 1, print: 'one' }, { print: 'two\n' }) });
    expect(engine.logs.get('a')).toBe('one\n--- attempt 2 of 3 ---\ntwo\n');
    expect(engine.display.outputOf('a')).toBe('onetwo\n');
  });

  test('tells each attempt its number', async () => {
    const engine = await runEngine(oneStep(THREE), { act: inTurn({ exit: 1 }, {}) });
    expect(engine.processes.started.map(({ command }) => command.env['SAVEPOINT_ATTEMPT'])).toEqual(['1', '2']);
    const keys = engine.processes.started.map(({ command }) => command.env['SAVEPOINT_STEP_KEY']);
    expect(new Set(keys).size).toBe(1);
  });

  test('gives each attempt its own time', async () => {
    const engine = await startEngine(oneStep({ ...THREE, attempts: 2 }, { timeoutMs: 1_000 }), {
      act: () => ({ waits: true }),
    });
    await engine.clock.advance(1_000);
    expect(engine.processes.started).toHaveLength(2);
    await engine.clock.advance(1_000);
    await engine.ended;
    expect(attemptsIn(engine.journal.events)).toEqual([
      '1 started',
      '1 timed_out: timed out after 1.0s (124), next in 0',
      '2 started',
      '2 timed_out: timed out after 1.0s (124)',
    ]);
    expect(endingsOf(engine.journal.events)).toEqual({ a: 'timed out: timed out after 1.0s' });
  });

  test('is not tried again where it cannot be spawned', async () => {
    const engine = await runEngine(oneStep(THREE), { act: () => ({ refuse: 'no such program: bash' }) });
    expect(attemptsIn(engine.journal.events)).toEqual(['1 errored: no such program: bash (127)']);
  });

  test.each<[string, string, string]>([
    ['with a line that matches is tried again', 'first\nECONNRESET by peer\n', 'succeeded'],
    ['without one is final', 'an ECONNRESET\n', 'failed: exit code 1'],
    ['whose line came too long ago is final', `ECONNRESET\n${'x'.repeat(64 * 1024)}`, 'failed: exit code 1'],
  ])('and a pattern: a failure %s', async (_what, print, ending) => {
    const engine = await runEngine(oneStep({ ...THREE, match: '^ECONNRESET' }), {
      act: inTurn({ exit: 1, print }, {}),
    });
    expect(endingsOf(engine.journal.events)).toEqual({ a: ending });
  });

  test('and a pattern looks at the errors too, and at each attempt anew', async () => {
    const details = { captures: true };
    const engine = await runEngine(oneStep({ ...THREE, match: 'ECONN' }, details), {
      act: inTurn({ exit: 1, printError: 'ECONNRESET\n' }, { exit: 1, print: 'a bug' }),
    });
    expect(engine.started).toHaveLength(2);
  });
});

describe('the time between two attempts', () => {
  test('passes before the next begins', async () => {
    const engine = await startEngine(oneStep({ ...SLOW, factor: 2 }), { act: () => ({ exit: 1 }) });
    expect(engine.started).toHaveLength(1);
    await engine.clock.advance(59_999);
    expect(engine.started).toHaveLength(1);
    await engine.clock.advance(1);
    expect(engine.started).toHaveLength(2);
    await engine.clock.advance(120_000);
    await engine.ended;
    expect(engine.started).toHaveLength(3);
    expect(engine.clock.pending).toBe(0);
  });

  test('takes no slot, and the next attempt waits for one', async () => {
    const file = pipeline([free('a', { retry: SLOW }), free('b'), free('c')]);
    const engine = await startEngine(file, {
      maxParallel: 1,
      act: (step, command) => (step === 'a' && command === 0 ? { exit: 1 } : { waits: true }),
    });
    expect(engine.started).toEqual(['a', 'b']);
    await engine.clock.advance(60_000);
    expect(engine.started).toEqual(['a', 'b']);
    engine.process('b').exit(0);
    await engine.clock.advance(0);
    expect(engine.started).toEqual(['a', 'b', 'c']);
    engine.process('c').exit(0);
    await engine.clock.advance(0);
    expect(engine.started).toEqual(['a', 'b', 'c', 'a']);
    engine.process('a').exit(0);
    await engine.ended;
  });

  test('keeps the mutex', async () => {
    const file = pipeline([free('a', { retry: SLOW, mutex: 'db' }), free('b', { mutex: 'db' })]);
    const engine = await startEngine(file, { act: inTurn({ exit: 1 }, {}) });
    expect(engine.started).toEqual(['a']);
    await engine.clock.advance(60_000);
    await engine.ended;
    expect(engine.started).toEqual(['a', 'a', 'b']);
  });

  test('ends at once when the run is aborted', async () => {
    const engine = await startEngine(oneStep(SLOW), { act: () => ({ exit: 1, output: 'x=1\n' }) });
    engine.scope.abort({ cause: 'signal', atOnce: false });
    await engine.ended;
    expect(engine.started).toHaveLength(1);
    expect(engine.clock.pending).toBe(0);
    expect(attemptsIn(engine.journal.events)).toEqual(['1 started', '1 failed: exit code 1 (1), next in 60000']);
    expect(eventOf(engine.journal.events, 'step_aborted')).toMatchObject({ by: 'signal', exit_code: 130 });
  });

  test('ends at once when the run is aborted while it waits for a slot', async () => {
    const file = pipeline([free('a', { retry: SLOW }), free('b')]);
    const engine = await startEngine(file, {
      maxParallel: 1,
      act: (step) => (step === 'a' ? { exit: 1 } : { waits: true }),
    });
    await engine.clock.advance(60_000);
    engine.scope.abort({ cause: 'signal', atOnce: false });
    await engine.ended;
    expect(endingsOf(engine.journal.events)['a']).toBe('aborted: aborted by a signal');
    expect(engine.started).toEqual(['a', 'b']);
  });

  test('of none at all does not let an aborted step go on', async () => {
    const engine = await startEngine(oneStep(THREE), { act: () => ({ waits: true }) });
    engine.process('a').exit(1);
    engine.scope.abort({ cause: 'signal', atOnce: false });
    await engine.ended;
    expect(engine.started).toEqual(['a']);
    expect(endingsOf(engine.journal.events)['a']).toMatch(/^aborted/);
  });
});

test('output that should be JSON and is not is tried again', async () => {
  const engine = await runEngine(oneStep(THREE, { outputFormat: 'json' }), {
    act: inTurn({ print: 'oops' }, { print: '{"n": 3}' }),
  });
  expect(attemptsIn(engine.journal.events)).toEqual([
    '1 started',
    '1 failed: its output is not JSON (0), next in 0',
    '2 started',
  ]);
  expect(eventOf(engine.journal.events, 'step_succeeded').outputs).toEqual({ n: 3 });
});

const newLog = (end: Result<void> = ok(undefined)): { readonly log: AttemptsLog; readonly text: () => string } => {
  let text = '';
  const log = createAttemptsLog({ write: (chunk) => void (text += chunk.toString()), close: () => end });
  return { log, text: () => text };
};

test('attempts stand one after the other, with a line of its own between them', () => {
  const { log, text } = newLog();
  log.write(Buffer.from('one\n'));
  log.beginAttempt(2, 3);
  log.write(Buffer.from('half a '));
  log.write(Buffer.from('line'));
  log.write(Buffer.alloc(0));
  log.beginAttempt(3, 3);
  log.write(Buffer.from('three'));
  expect(text()).toBe('one\n--- attempt 2 of 3 ---\nhalf a line\n--- attempt 3 of 3 ---\nthree');
});

test('an attempt without output leaves no empty line', () => {
  const { log, text } = newLog();
  log.beginAttempt(2, 2);
  expect(text()).toBe('--- attempt 2 of 2 ---\n');
});

test('what went wrong with the file is said at the end', () => {
  expect(newLog(err('disk full')).log.close()).toEqual(err('disk full'));
});
