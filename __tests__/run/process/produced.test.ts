import { describe, expect, test } from 'vitest';
import type { Status } from '../../../src/state/event.js';
import { pipeline, script, type StepDetails } from '../../plan/pipeline-builder.js';
import { endingsOf, eventOf, runEngine, startEngine, type Act, type Engine } from '../engine.js';

const runOne = (details: StepDetails, act: Act, secret = 'hunter2-hunter2'): Promise<Engine> =>
  runEngine(pipeline([script('a', details), script('b', { if: 'always()' })], { secrets: ['TOKEN'] }), {
    act: (step) => (step === 'a' ? act : {}),
    env: { TOKEN: secret },
  });

describe('a step that ends', () => {
  test('leaves what it made', async () => {
    const { journal } = await runOne({}, { output: 'x=1\n', env: 'Y=2\n', path: '/bin/made\n' });
    const {
      v: _v,
      seq: _seq,
      at: _at,
      run: _run,
      attempt: _attempt,
      ...event
    } = eventOf(journal.events, 'step_succeeded', 'a');
    expect(event).toEqual({
      type: 'step_succeeded',
      step: 'a',
      duration_ms: 0,
      exit_code: 0,
      outputs: { x: '1' },
      exports: { env: { Y: '2' }, path: ['/bin/made'] },
    });
  });

  test('without leaving anything says nothing of it', async () => {
    const { journal } = await runOne({}, {});
    expect(Object.keys(eventOf(journal.events, 'step_succeeded', 'a')).slice(-4)).toEqual([
      'type',
      'step',
      'duration_ms',
      'exit_code',
    ]);
  });

  test('keeps its output where an expression reads it', async () => {
    const { journal } = await runOne({ captures: true }, { print: 'out\n', printError: 'err\n' });
    expect(eventOf(journal.events, 'step_succeeded', 'a')).toMatchObject({ stdout: 'out\n', stderr: 'err\n' });
  });

  test('keeps its errors where its failure is tolerated', async () => {
    const tolerated = await runOne({ continueOnError: true }, { exit: 1, print: 'out\n', printError: 'err\n' });
    const event = eventOf(tolerated.journal.events, 'step_continue_on_error', 'a');
    expect(event).toMatchObject({ status: 'failed', exit_code: 1, stderr: 'err\n' });
    expect(event).not.toHaveProperty('stdout');
    const fine = await runOne({ continueOnError: true }, { printError: 'err\n' });
    expect(eventOf(fine.journal.events, 'step_succeeded', 'a')).not.toHaveProperty('stderr');
  });
});

describe('a failure', () => {
  type Row = readonly [what: string, act: Act, status: Status, exitCode: number];
  const rows: readonly Row[] = [
    ['an exit code', { exit: 3 }, 'failed', 3],
    ['a spawn that failed', { refuse: 'no such program' }, 'errored', 127],
    ['outputs that do not parse', { output: 'nonsense\n' }, 'failed', 1],
    ['a timeout', { waits: true }, 'timed_out', 124],
  ];

  /** The events of the step after its start, in the order they came. */
  const eventsAfter = async (act: Act, continueOnError: boolean): Promise<Engine['journal']['events']> => {
    const file = pipeline([script('a', { timeoutMs: 1_000, continueOnError })]);
    const engine = await startEngine(file, { act: () => act });
    await engine.clock.advance(1_000);
    await engine.ended;
    return engine.journal.events;
  };

  test.each(rows)('by %s is recorded once', async (...[, act, status, exitCode]) => {
    const events = await eventsAfter(act, false);
    expect(eventOf(events, 'attempt_failed')).toMatchObject({ status, try: 1 });
    const type = status === 'timed_out' ? 'step_timed_out' : 'step_failed';
    expect(eventOf(events, type)).toMatchObject({ exit_code: exitCode, ...(type === 'step_failed' && { status }) });
    expect(events.at(-1)?.type).toBe('run_failed');
  });

  test.each(rows)('by %s is tolerated', async (...[, act, status, exitCode]) => {
    const events = await eventsAfter(act, true);
    expect(eventOf(events, 'attempt_failed')).toMatchObject({ status, try: 1 });
    const { error, ...event } = eventOf(events, 'step_continue_on_error');
    expect(event).toMatchObject({ status, exit_code: exitCode });
    expect(eventOf(events, 'run_succeeded').warnings).toEqual([`"a" failed and was tolerated: ${error}`]);
  });

  test('by an abort is not tolerated', async () => {
    const engine = await startEngine(pipeline([script('a', { continueOnError: true })]), {
      act: () => ({ waits: true }),
    });
    engine.scope.abort({ cause: 'signal', atOnce: false });
    await engine.ended;
    expect(eventOf(engine.journal.events, 'step_aborted')).toMatchObject({ by: 'signal', exit_code: 130 });
    expect(endingsOf(engine.journal.events)['a']).toBe('aborted: aborted by a signal');
  });
});

describe('a secret that a step hands on', () => {
  const secret = 'hunter2-hunter2';
  const leaky: Act = {
    output: `plain=1\ntoken=${secret}\n`,
    env: `PLAIN=1\nEXPORTED=${secret}\n`,
    path: `/plain\n/with/${secret}\n`,
  };

  test('is named and not stored', async () => {
    const engine = await runOne({}, leaky);
    expect(eventOf(engine.journal.events, 'step_succeeded', 'a')).toMatchObject({
      outputs: { plain: '1' },
      withheld: ['token'],
      exports: { env: { PLAIN: '1' }, path: ['/plain'], withheld: ['EXPORTED', 'PATH'] },
    });
    expect(JSON.stringify(engine.journal.events)).not.toContain(secret);
    expect(engine.display.warnings).toEqual([
      {
        step: 'a',
        message:
          'token, EXPORTED, PATH of "a" hold a secret, so they are not saved; on resume "a" runs again if a later step needs to run',
      },
    ]);
  });

  test('works for the steps after it', async () => {
    const file = pipeline([script('a'), script('b', { env: { SEEN: '${{ steps.a.outputs.token }}' } })], {
      secrets: ['TOKEN'],
    });
    const engine = await runEngine(file, { act: (step) => (step === 'a' ? leaky : {}), env: { TOKEN: secret } });
    expect(engine.process('b').command.env).toMatchObject({
      SEEN: secret,
      EXPORTED: secret,
      PATH: `/with/${secret}:/plain:/bin`,
    });
  });

  test('makes it run again on resume when something after it runs', async () => {
    const file = pipeline([script('a'), script('b')], { secrets: ['TOKEN'] });
    const world = { env: { TOKEN: secret } };
    const act =
      (folder: string) =>
      (step: string): Act =>
        step === 'a' ? { path: `/${folder}\n` } : { exit: 1 };
    const plain = await runEngine(file, { ...world, act: act('plain') });
    expect((await runEngine(file, { ...world, after: plain.journal.events })).started).toEqual(['b']);
    const hidden = await runEngine(file, { ...world, act: act(secret) });
    const again = await runEngine(file, { ...world, after: hidden.journal.events, act: act(secret) });
    expect(again.started).toEqual(['a', 'b']);
    expect(again.process('b').command.env['PATH']).toBe(`/${secret}:/bin`);
  });
});
