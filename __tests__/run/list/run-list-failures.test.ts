import { describe, expect, test } from 'vitest';
import type { FailureMode } from '../../../src/language/model/pipeline.js';
import { group, parallel, pipeline, script, type LooseStep } from '../../plan/pipeline-builder.js';
import { settle } from '../../rig/settle.js';
import { fails, free, waits } from '../acts.js';
import { endingsOf, eventOf, runEngine, startEngine, type Act } from '../engine.js';

const MODES: readonly FailureMode[] = ['finish', 'keep_going', 'fail_fast'];

describe('after a failure', () => {
  const upstreamAndElsewhere = pipeline([
    script('a'),
    script('after', { needs: ['a'] }),
    script('slow', { needs: [] }),
    script('elsewhere', { needs: ['slow'] }),
  ]);
  const run = async (failure: FailureMode): Promise<Readonly<Record<string, string>>> => {
    const engine = await startEngine(
      { ...upstreamAndElsewhere, failure },
      {
        act: (step) => (step === 'a' ? { exit: 1 } : step === 'slow' ? { waits: true } : {}),
      },
    );
    if (failure !== 'fail_fast') engine.process('slow').exit(0);
    await engine.ended;
    return endingsOf(engine.journal.events);
  };
  const held = 'skipped: "a" did not succeed';

  test('finish lets running steps finish and starts nothing new', async () => {
    expect(await run('finish')).toEqual({
      a: 'failed: exit code 1',
      after: held,
      slow: 'succeeded',
      elsewhere: held,
    });
  });

  test('keep_going holds back only what is downstream', async () => {
    expect(await run('keep_going')).toEqual({
      a: 'failed: exit code 1',
      after: held,
      slow: 'succeeded',
      elsewhere: 'succeeded',
    });
  });

  test('fail_fast ends running steps too', async () => {
    expect(await run('fail_fast')).toEqual({
      a: 'failed: exit code 1',
      after: held,
      slow: 'aborted: ended because another step failed',
      elsewhere: 'skipped: "slow" did not succeed',
    });
  });

  test.each(MODES)('with %s the run names the step that failed by itself', async (failure) => {
    const file = { ...upstreamAndElsewhere, failure };
    const engine = await startEngine(file, { act: (step) => ({ exit: step === 'a' ? 3 : 0, ...waits('slow')(step) }) });
    if (failure !== 'fail_fast') engine.process('slow').exit(0);
    await engine.ended;
    expect(eventOf(engine.journal.events, 'run_failed')).toMatchObject({ failed_step: 'a', error: 'exit code 3' });
  });

  test.each(MODES)(
    'with %s what asks for failures runs: downstream for failure(), anywhere for always()',
    async (failure) => {
      const file = pipeline(
        [
          script('a'),
          script('report', { if: 'failure()' }),
          script('clean', { if: 'always()' }),
          script('elsewhere', { needs: [], if: 'failure()' }),
          script('sweep', { needs: [], if: 'always()' }),
        ],
        { failure },
      );
      const engine = await runEngine(file, { act: fails('a'), maxParallel: 1 });
      expect(endingsOf(engine.journal.events)).toEqual({
        a: 'failed: exit code 1',
        report: 'succeeded',
        clean: 'succeeded',
        elsewhere: 'skipped: its condition does not hold: failure()',
        sweep: 'succeeded',
      });
      expect(engine.state.status).toBe('failed');
    },
  );

  test('a step that waits for its turn is held back at once', async () => {
    const file = pipeline([
      free('slow', { mutex: 'db' }),
      parallel('p', [script('a'), script('b', { mutex: 'db' })], { needs: [] }),
    ]);
    const engine = await startEngine(file, { act: (step) => (step === 'p/a' ? { exit: 1 } : { waits: true }) });
    expect(endingsOf(engine.journal.events)).toMatchObject({
      'p/a': 'failed: exit code 1',
      'p/b': 'skipped: "a" did not succeed',
      p: 'failed: exit code 1',
    });
    engine.process('slow').exit(0);
    await engine.ended;
  });

  test('with keep_going a step that waits for its turn goes on waiting', async () => {
    const file = pipeline([free('slow', { mutex: 'db' }), free('a'), free('b', { mutex: 'db' })], {
      failure: 'keep_going',
    });
    const engine = await startEngine(file, { act: (step) => (step === 'a' ? { exit: 1 } : { waits: true }) });
    expect(engine.started).toEqual(['slow', 'a']);
    engine.process('slow').exit(0);
    await settle();
    engine.process('b').exit(0);
    await engine.ended;
    expect(endingsOf(engine.journal.events)['b']).toBe('succeeded');
  });

  test('a step that gets its turn at that very moment does not start', async () => {
    const file = pipeline([free('a'), free('b'), free('c')]);
    const engine = await startEngine(file, { act: waits('a', 'b', 'c') });
    engine.process('b').exit(0);
    engine.process('a').exit(1);
    await engine.ended;
    expect(engine.started).toEqual(['a', 'b']);
    expect(endingsOf(engine.journal.events)['c']).toBe('skipped: "a" did not succeed');
  });

  test('a step that waits for a slot and asks for failures goes on waiting', async () => {
    const file = pipeline([free('a'), free('slow'), free('sweep', { if: 'always()' })]);
    const engine = await startEngine(file, { act: (step) => ({ ...waits('a', 'slow')(step) }) });
    engine.process('a').exit(1);
    await settle();
    expect(engine.started).toEqual(['a', 'slow', 'sweep']);
    engine.process('slow').exit(0);
    expect((await engine.ended).state.status).toBe('failed');
  });
});

describe('fail_fast', () => {
  test('does not end what started after the failure', async () => {
    const file = pipeline([free('a'), free('stubborn'), script('clean', { needs: ['a'], if: 'always()' })], {
      failure: 'fail_fast',
    });
    const engine = await startEngine(file, {
      act: (step) => (step === 'a' ? { exit: 1 } : { waits: true, ...(step === 'stubborn' && { ignoresTerm: true }) }),
    });
    await engine.clock.advance(10_000);
    expect(endingsOf(engine.journal.events)).toMatchObject({
      a: 'failed: exit code 1',
      stubborn: 'aborted: ended because another step failed',
    });
    expect(engine.process('clean').stops).toEqual([]);
    engine.process('clean').exit(0);
    await engine.ended;
    expect(endingsOf(engine.journal.events)['clean']).toBe('succeeded');
  });

  test('ends what started after the failure at the next failure', async () => {
    const file = pipeline(
      [free('a'), script('b', { needs: ['a'], if: 'always()' }), script('c', { needs: ['a'], if: 'always()' })],
      { failure: 'fail_fast' },
    );
    const engine = await startEngine(file, { act: (step) => (step === 'a' ? { exit: 1 } : { waits: true }) });
    engine.process('b').exit(2);
    await engine.ended;
    expect(endingsOf(engine.journal.events)).toMatchObject({
      b: 'failed: exit code 2',
      c: 'aborted: ended because another step failed',
    });
  });

  test('does not end anything for a tolerated failure', async () => {
    const file = pipeline([free('a', { continueOnError: true }), free('slow')], { failure: 'fail_fast' });
    const engine = await startEngine(file, { act: (step) => (step === 'a' ? { exit: 1 } : { waits: true }) });
    expect(engine.process('slow').stops).toEqual([]);
    engine.process('slow').exit(0);
    expect((await engine.ended).state.status).toBe('succeeded with warnings');
  });

  test('is hurried by a second signal', async () => {
    const file = pipeline([free('a'), free('stubborn')], { failure: 'fail_fast' });
    const engine = await startEngine(file, {
      act: (step) => (step === 'a' ? { exit: 1 } : { waits: true, ignoresTerm: true }),
    });
    engine.scope.abort({ cause: 'signal', atOnce: false });
    engine.scope.abort({ cause: 'signal', atOnce: true });
    expect(engine.process('stubborn').stops).toEqual([10_000, 0]);
    await engine.clock.advance(0);
    expect((await engine.ended).state.status).toBe('failed');
  });

  test('in a group ends the rest of the group, and by its failure what runs beside it', async () => {
    const file = pipeline([parallel('p', [script('a'), script('b')], { needs: [] }), free('beside')], {
      failure: 'fail_fast',
    });
    const engine = await startEngine(file, {
      act: (step) => (step === 'p/a' ? { exit: 1 } : { waits: true }),
      maxParallel: 3,
    });
    await engine.ended;
    expect(endingsOf(engine.journal.events)).toEqual({
      'p/a': 'failed: exit code 1',
      'p/b': 'aborted: ended because another step failed',
      p: 'failed: exit code 1',
      beside: 'aborted: ended because another step failed',
    });
  });
});

describe('success() and failure()', () => {
  /** What `last` becomes after a chain; its condition is `failure()`. */
  const lastAfter = async (
    steps: readonly LooseStep[],
    act: (step: string) => Act,
    failure: FailureMode = 'keep_going',
  ): Promise<string | undefined> => {
    const file = pipeline([...steps, script('last', { if: 'failure()' })], { failure });
    return endingsOf((await runEngine(file, { act })).journal.events)['last'];
  };
  const no = 'skipped: its condition does not hold: failure()';

  test('see a failure through steps that were held back because of it', async () => {
    expect(await lastAfter([script('a'), script('b'), script('c')], fails('a'))).toBe('succeeded');
  });

  test('see a failure through steps that ran all the same', async () => {
    expect(await lastAfter([script('a'), script('b', { if: 'always()' })], fails('a'))).toBe('succeeded');
  });

  test('see a failure through steps that their own condition skipped', async () => {
    const steps = [script('a'), script('b', { if: 'failure() && 1 == 2' })];
    expect(await lastAfter(steps, fails('a'))).toBe('succeeded');
  });

  test('see an unrelated failure through a step that it held back', async () => {
    const chain = [free('bad', { mutex: 'm' }), free('held', { mutex: 'm' })];
    expect(await lastAfter(chain, fails('bad'), 'finish')).toBe('succeeded');
    expect(await lastAfter(chain, fails('bad'), 'keep_going')).toBe(no);
  });

  test.each<[string, Act]>([
    ['a failure', { exit: 1 }],
    ['a spawn that failed', { refuse: 'no such program' }],
    ['outputs that do not parse', { output: 'nonsense\n' }],
  ])('see %s, unless it is tolerated', async (_what, act) => {
    const acts = (step: string): Act => (step === 'a' ? act : {});
    expect(await lastAfter([script('a')], acts)).toBe('succeeded');
    expect(await lastAfter([script('a', { continueOnError: true })], acts)).toBe(no);
  });

  test('do not see steps that their own condition skipped', async () => {
    expect(await lastAfter([script('a', { if: '1 == 2' }), script('b')], () => ({}))).toBe(no);
  });

  test('do not see failures around their list, nor those in groups beside it', async () => {
    const file = pipeline(
      [free('a'), group('g', [script('b'), script('c', { if: 'failure()' })], { needs: ['a'], if: 'always()' })],
      { failure: 'finish' },
    );
    const engine = await runEngine(file, { act: fails('a') });
    expect(endingsOf(engine.journal.events)).toEqual({
      a: 'failed: exit code 1',
      'g/b': 'succeeded',
      'g/c': 'skipped: its condition does not hold: failure()',
      g: 'succeeded',
    });
  });
});

describe('a condition that raises', () => {
  const broken = "fromJSON('{') == 1";

  test('fails its step without running it', async () => {
    const engine = await runEngine(pipeline([script('a', { if: broken }), script('b')]));
    expect(engine.started).toEqual([]);
    expect(endingsOf(engine.journal.events)).toEqual({
      a: `failed: if: fromJSON() was given a text that is not JSON in "${broken}"`,
      b: 'skipped: "a" did not succeed',
    });
    expect(engine.journal.events.map(({ type }) => type)).toEqual([
      'run_started',
      'plan_made',
      'step_started',
      'step_failed',
      'step_skipped',
      'run_failed',
    ]);
  });

  test('is tolerated like any failure, on a group too', async () => {
    const details = { if: broken, continueOnError: true };
    const engine = await runEngine(pipeline([script('a', details), group('g', [script('b')], details), script('c')]));
    expect(engine.started).toEqual(['c']);
    expect(engine.state.status).toBe('succeeded with warnings');
  });
});
