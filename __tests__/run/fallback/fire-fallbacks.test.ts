import { describe, expect, test } from 'vitest';
import { fallbacks, group, pipeline, script, type LooseStep } from '../../plan/pipeline-builder.js';
import { createMemoryCheckpoints } from '../memory-checkpoints.js';
import { fails, free, waits } from '../acts.js';
import { endingsOf, eventOf, runEngine, startEngine } from '../engine.js';

const SEEN = {
  STEP: '${{ toJSON(failure.step) }}',
  CODE: '${{ toJSON(failure.exit_code) }}',
  ERROR: '${{ toJSON(failure.error) }}',
  STATUS: '${{ toJSON(failure.status) }}',
};

/** A step of a fallback that shows what it sees as `failure`. */
const look = (id: string): LooseStep => script(id, { env: SEEN });

const seenBy = (env: Readonly<Record<string, string>>): readonly unknown[] =>
  ['STEP', 'CODE', 'ERROR', 'STATUS'].map((name) => JSON.parse(env[name] ?? '') as unknown);

const warningsIn = ({ display }: Awaited<ReturnType<typeof runEngine>>): readonly string[] =>
  display.warnings.map(({ message }) => message);

describe('what a fallback sees as failure', () => {
  const own = fallbacks({ on_failure: [look('f')], finally: [look('f')] });

  test('is how its own step failed', async () => {
    const engine = await runEngine(pipeline([script('a', { fallbacks: own })]), { act: fails('a') });
    const failure = ['a', 1, 'exit code 1', 'failed'];
    expect(seenBy(engine.process('a/on_failure/f').command.env)).toEqual(failure);
    expect(seenBy(engine.process('a/finally/f').command.env)).toEqual(failure);
  });

  test('is the innermost step that failed, for what is around it', async () => {
    const file = pipeline([group('g', [script('a')], { fallbacks: own })], { fallbacks: own });
    const engine = await runEngine(file, { act: fails('g/a') });
    expect(seenBy(engine.process('g/on_failure/f').command.env)[0]).toBe('g/a');
    expect(seenBy(engine.process('on_failure/f').command.env)).toEqual(['g/a', 1, 'exit code 1', 'failed']);
  });

  test('is a failure that was tolerated, too', async () => {
    const file = pipeline([script('a', { fallbacks: own, continueOnError: true })]);
    const engine = await runEngine(file, { act: fails('a') });
    expect(seenBy(engine.process('a/on_failure/f').command.env)[3]).toBe('failed');
    expect(engine.state.status).toBe('succeeded with warnings');
  });

  test('is nothing after a success', async () => {
    const engine = await runEngine(pipeline([script('a', { fallbacks: own })]));
    expect(seenBy(engine.process('a/finally/f').command.env)).toEqual([null, null, null, null]);
  });

  test('is the abortion of what was aborted', async () => {
    const abortion = fallbacks({ on_abortion: [look('f')] });
    const file = pipeline([script('a', { fallbacks: abortion })], { fallbacks: abortion });
    const engine = await startEngine(file, { act: waits('a') });
    engine.scope.abort({ cause: 'signal', atOnce: false });
    await engine.ended;
    expect(seenBy(engine.process('a/on_abortion/f').command.env)).toEqual(['a', 130, 'aborted by a signal', 'aborted']);
    expect(seenBy(engine.process('on_abortion/f').command.env)[0]).toBe('a');
  });
});

describe('the steps of a fallback', () => {
  test('see their owner as it ended, and what it exported', async () => {
    const after = script('f', { env: { CODE: '${{ steps.a.output.exit_code }}' } });
    const file = pipeline([script('a', { fallbacks: fallbacks({ on_failure: [after] }) })]);
    const engine = await runEngine(file, { act: (step) => (step === 'a' ? { exit: 3, env: 'X=1' } : {}) });
    expect(engine.process('a/on_failure/f').command.env).toMatchObject({ CODE: '3', X: '1' });
  });

  test('see in on_success what their owner made, before its end is recorded', async () => {
    const after = script('f', { env: { V: '${{ steps.a.outputs.v }} ${{ steps.a.outcome }}' } });
    const file = pipeline([script('a', { fallbacks: fallbacks({ on_success: [after] }) })]);
    const engine = await runEngine(file, { act: (step) => (step === 'a' ? { output: 'v=7' } : {}) });
    expect(engine.process('a/on_success/f').command.env['V']).toBe('7 success');
    const types = engine.journal.events.map(({ type }) => type);
    expect(types.indexOf('fallback_finished')).toBeLessThan(types.lastIndexOf('step_succeeded'));
  });

  test('keep what they export to themselves', async () => {
    const file = pipeline([
      script('a', { fallbacks: fallbacks({ on_success: [script('f'), script('g')] }) }),
      script('b'),
    ]);
    const engine = await runEngine(file, { act: (step) => (step === 'a/on_success/f' ? { env: 'X=1' } : {}) });
    expect(engine.process('a/on_success/g').command.env['X']).toBe('1');
    expect(engine.process('b').command.env['X']).toBeUndefined();
  });

  test('start with clean status functions, and fail as a list of their own', async () => {
    const list = [script('f'), script('g', { if: 'success()' }), script('h'), script('i', { if: 'failure()' })];
    const file = pipeline([script('a', { fallbacks: fallbacks({ on_failure: list }) })]);
    const engine = await runEngine(file, { act: fails('a', 'a/on_failure/g') });
    expect(engine.started).toEqual(['a', 'a/on_failure/f', 'a/on_failure/g', 'a/on_failure/i']);
  });

  test('have the slot of their owner, but not its mutex', async () => {
    const mutex = { mutex: 'm' };
    const file = pipeline([
      free('a', { ...mutex, fallbacks: fallbacks({ finally: [script('f')] }) }),
      free('b', mutex),
      free('c'),
    ]);
    const engine = await startEngine(file, { act: waits('a/finally/f', 'c'), maxParallel: 1 });
    expect(engine.started).toEqual(['a', 'c']);
    engine.process('c').exit(0);
    await engine.clock.advance(0);
    expect(engine.started).toEqual(['a', 'c', 'a/finally/f']);
    engine.process('a/finally/f').exit(0);
    await engine.ended;
    expect(engine.started.at(-1)).toBe('b');
  });

  test('run again with each start of their owner', async () => {
    const file = pipeline([script('a', { fallbacks: fallbacks({ on_failure: [script('f')] }) })]);
    const first = await runEngine(file, { act: fails('a') });
    const second = await runEngine(file, { act: fails('a'), after: first.journal.events });
    expect(second.started).toEqual(['a', 'a/on_failure/f']);
  });
});

describe('a step whose fallback fails', () => {
  test('at on_started fails without running', async () => {
    const lists = fallbacks({ on_started: [script('s')], on_failure: [script('f')], finally: [script('f')] });
    const engine = await runEngine(pipeline([script('a', { fallbacks: lists })]), { act: fails('a/on_started/s') });
    expect(engine.started).toEqual(['a/on_started/s', 'a/on_failure/f', 'a/finally/f']);
    expect(endingsOf(engine.journal.events)['a']).toBe('failed: on_started failed: exit code 1');
    expect(engine.state.failedStep).toBe('a/on_started/s');
  });

  test('at on_success fails, and on_failure does not fire', async () => {
    const lists = fallbacks({ on_success: [script('s')], on_failure: [script('f')], finally: [script('f')] });
    const engine = await runEngine(pipeline([script('a', { fallbacks: lists })]), { act: fails('a/on_success/s') });
    expect(engine.started).toEqual(['a', 'a/on_success/s', 'a/finally/f']);
    expect(endingsOf(engine.journal.events)['a']).toBe('failed: on_success failed: exit code 1');
  });

  test('after its end has a warning, keeps its outcome, and fires the rest', async () => {
    const lists = fallbacks({ on_failure: [script('f')], finally: [script('f')] });
    const file = pipeline([script('a', { fallbacks: lists, continueOnError: true })], {
      fallbacks: fallbacks({ finally: [script('f')] }),
    });
    const engine = await runEngine(file, { act: fails('a', 'a/on_failure/f', 'finally/f') });
    expect(engine.started).toEqual(['a', 'a/on_failure/f', 'a/finally/f', 'finally/f']);
    const failed = [
      'the fallback on_failure of "a" failed: exit code 1',
      'the fallback finally of the pipeline failed: exit code 1',
    ];
    expect(warningsIn(engine)).toEqual(failed);
    expect(engine.state.status).toBe('succeeded with warnings');
    expect(engine.state.warnings).toEqual(['"a" failed and was tolerated: exit code 1', ...failed]);
  });
});

describe('a step that cannot start', () => {
  const lists = fallbacks({ on_started: [script('s')], on_failure: [script('f')], finally: [script('f')] });

  test.each([
    ['env', { env: { X: "${{ fromJSON('{') }}" } }],
    ['if', { if: "fromJSON('{').x" }],
  ])('because its %s raises fires on_failure and finally', async (_field, details) => {
    const file = pipeline([script('a', { ...details, fallbacks: lists }), script('b', { if: 'failure()' })]);
    const engine = await runEngine(file);
    expect(engine.started).toEqual(['a/on_failure/f', 'a/finally/f', 'b']);
  });
});

describe('what needs a step', () => {
  test('starts after the fallbacks of the step', async () => {
    const file = pipeline([script('a', { fallbacks: fallbacks({ finally: [script('f')] }) }), script('b')]);
    const engine = await startEngine(file, { act: waits('a/finally/f') });
    expect(engine.started).toEqual(['a', 'a/finally/f']);
    engine.process('a/finally/f').exit(0);
    await engine.ended;
    expect(engine.started.at(-1)).toBe('b');
  });

  test('and what else a failure holds back is held back from its end on, while on_failure runs', async () => {
    const file = pipeline([free('a', { fallbacks: fallbacks({ on_failure: [script('f')] }) }), free('b'), script('c')]);
    const engine = await startEngine(file, { act: (step) => (step === 'a' ? { exit: 1 } : { waits: true }) });
    engine.process('b').exit(0);
    await engine.clock.advance(0);
    expect(endingsOf(engine.journal.events)['c']).toMatch(/^skipped: "a"/);
    engine.process('a/on_failure/f').exit(0);
    await engine.ended;
  });

  test('in fail_fast is ended from the failure on, which does not bound on_failure', async () => {
    const file = pipeline([free('a', { fallbacks: fallbacks({ on_failure: [script('f')] }) }), free('b')], {
      failure: 'fail_fast',
    });
    const engine = await startEngine(file, { act: (step) => (step === 'a' ? { exit: 1 } : { waits: true }) });
    expect(endingsOf(engine.journal.events)['b']).toBe('aborted: ended because another step failed');
    await engine.clock.advance(10 * 60_000);
    engine.process('a/on_failure/f').exit(0);
    await engine.ended;
    expect(eventOf(engine.journal.events, 'fallback_finished').status).toBe('succeeded');
  });
});

describe('checkpoints', () => {
  test('come before what fires after the end, none in fallbacks, and what a fallback leaves is told of', async () => {
    const lists = fallbacks({ on_success: [script('s')], finally: [script('f')] });
    const checkpoints = createMemoryCheckpoints();
    const file = pipeline([script('a', { fallbacks: lists })], { fallbacks: fallbacks({ finally: [script('f')] }) });
    const engine = await startEngine(file, { checkpoints });
    await engine.ended;
    expect(checkpoints.told).toEqual(['a is done', 'a/finally ended']);
  });

  test('take what on_success of a container leaves as part of it', async () => {
    const checkpoints = createMemoryCheckpoints();
    const lists = fallbacks({ on_success: [script('s')] });
    const engine = await startEngine(pipeline([group('g', [script('a')], { fallbacks: lists })]), { checkpoints });
    await engine.ended;
    expect(checkpoints.told).toEqual(['g/a is done', 'g is done']);
  });
});
