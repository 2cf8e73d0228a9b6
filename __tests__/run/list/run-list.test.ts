import { describe, expect, test } from 'vitest';
import { group, parallel, pipeline, script } from '../../plan/pipeline-builder.js';
import { settle } from '../../rig/settle.js';
import { fails, free, waits } from '../acts.js';
import { endingsOf, eventOf, runEngine, startEngine, type Act } from '../engine.js';

describe('steps', () => {
  test('run one after the other when they do not say what they need', async () => {
    const engine = await startEngine(pipeline([script('a'), script('b'), script('c')]), {
      act: () => ({ waits: true }),
    });
    for (const step of ['a', 'b', 'c']) {
      expect(engine.started.at(-1)).toBe(step);
      expect(engine.processes.running).toHaveLength(1);
      engine.process(step).exit(0);
      await settle();
    }
    expect((await engine.ended).state.status).toBe('succeeded');
  });

  test('that need nothing start at once', async () => {
    const file = pipeline([script('a'), script('b', { needs: [] }), script('c', { needs: [] })]);
    const engine = await startEngine(file, { act: waits('a', 'b', 'c'), maxParallel: 3 });
    expect(engine.started).toEqual(['a', 'b', 'c']);
  });

  test('wait for all they need, and only for that', async () => {
    const diamond = pipeline([
      script('top'),
      script('left', { needs: ['top'] }),
      script('right', { needs: ['top'] }),
      script('bottom', { needs: ['left', 'right'] }),
    ]);
    const engine = await startEngine(diamond, { act: waits('left', 'right') });
    expect(engine.started).toEqual(['top', 'left', 'right']);
    engine.process('right').exit(0);
    await settle();
    expect(engine.started).toHaveLength(3);
    engine.process('left').exit(0);
    await settle();
    expect(engine.started).toEqual(['top', 'left', 'right', 'bottom']);
  });

  test('may need one that stands after them', async () => {
    const file = pipeline([script('second', { needs: ['first'] }), script('first', { needs: [] })]);
    expect((await runEngine(file)).started).toEqual(['first', 'second']);
  });

  test('wait for a free slot in the order they became ready', async () => {
    const file = pipeline(['a', 'b', 'c', 'd', 'e'].map((id) => free(id)));
    const engine = await startEngine(file, { act: () => ({ waits: true }), maxParallel: 2 });
    expect(engine.started).toEqual(['a', 'b']);
    engine.process('b').exit(0);
    await settle();
    expect(engine.started).toEqual(['a', 'b', 'c']);
    engine.process('a').exit(0);
    engine.process('c').exit(0);
    await settle();
    expect(engine.started).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('with the same mutex never overlap, and hold up no others', async () => {
    const file = pipeline([free('a', { mutex: 'db' }), free('b', { mutex: 'db' }), free('c')]);
    const engine = await startEngine(file, { act: () => ({ waits: true }), maxParallel: 3 });
    expect(engine.started).toEqual(['a', 'c']);
    engine.process('a').exit(0);
    await settle();
    expect(engine.started).toEqual(['a', 'c', 'b']);
  });

  test('in groups within groups need one slot in all', async () => {
    const file = pipeline([group('a', [group('b', [parallel('c', [script('d'), script('e')])])])]);
    expect(endingsOf((await runEngine(file, { maxParallel: 1 })).journal.events)).toEqual({
      'a/b/c/d': 'succeeded',
      'a/b/c/e': 'succeeded',
      'a/b/c': 'succeeded',
      'a/b': 'succeeded',
      a: 'succeeded',
    });
  });
});

describe('after an abort', () => {
  const file = pipeline([
    script('a'),
    script('b'),
    script('clean', { if: 'always()' }),
    script('report', { if: 'failure()' }),
    group('g', [script('c')]),
  ]);

  test('running steps are ended and nothing new starts, whatever it asks for', async () => {
    const engine = await startEngine(file, { act: waits('a') });
    engine.scope.abort({ cause: 'signal', atOnce: false });
    await engine.ended;
    const skipped = 'skipped: the run was aborted';
    expect(engine.started).toEqual(['a']);
    expect(endingsOf(engine.journal.events)).toEqual({
      a: 'aborted: aborted by a signal',
      b: skipped,
      clean: skipped,
      report: skipped,
      g: skipped,
    });
    expect(eventOf(engine.journal.events, 'run_aborted').by).toBe('signal');
  });

  test('a step that waits for a slot is skipped at once', async () => {
    const engine = await startEngine(pipeline([free('a'), free('b')]), {
      act: () => ({ waits: true, ignoresTerm: true }),
      maxParallel: 1,
    });
    engine.scope.abort({ cause: 'signal', atOnce: false });
    await settle();
    expect(endingsOf(engine.journal.events)).toEqual({ b: 'skipped: the run was aborted' });
    await engine.clock.advance(10_000);
    expect(endingsOf(engine.journal.events)).toMatchObject({ a: 'aborted: aborted by a signal' });
    await engine.ended;
  });

  test('a second one takes away the grace', async () => {
    const engine = await startEngine(pipeline([script('a', { killGraceMs: 5_000 })]), {
      act: () => ({ waits: true, ignoresTerm: true }),
    });
    engine.scope.abort({ cause: 'signal', atOnce: false });
    engine.scope.abort({ cause: 'signal', atOnce: true });
    expect(engine.process('a').stops).toEqual([5_000, 0]);
    await engine.clock.advance(0);
    expect((await engine.ended).state.status).toBe('aborted');
  });

  test('a failure is not tolerated', async () => {
    const engine = await startEngine(
      pipeline([group('g', [script('a', { continueOnError: true })], { continueOnError: true })]),
      {
        act: waits('g/a'),
      },
    );
    engine.scope.abort({ cause: 'signal', atOnce: false });
    await engine.ended;
    expect(endingsOf(engine.journal.events)).toEqual({
      'g/a': 'aborted: aborted by a signal',
      g: 'aborted: aborted by a signal',
    });
  });

  test('the run is aborted even where something had failed before', async () => {
    const engine = await startEngine(pipeline([free('a'), free('slow')]), {
      act: (step) => (step === 'a' ? { exit: 1 } : { waits: true }),
    });
    engine.scope.abort({ cause: 'signal', atOnce: false });
    expect((await engine.ended).state.status).toBe('aborted');
  });

  test('that came before the first step, nothing runs and the run is aborted', async () => {
    const engine = await runEngine(file, { isAborted: true });
    expect(engine.started).toEqual([]);
    expect(new Set(Object.values(endingsOf(engine.journal.events)))).toEqual(new Set(['skipped: the run was aborted']));
    expect(engine.state.status).toBe('aborted');
  });

  test('that came when all was done, the run has succeeded', async () => {
    const engine = await runEngine(pipeline([script('a')]));
    engine.scope.abort({ cause: 'signal', atOnce: false });
    expect(engine.state.status).toBe('succeeded');
  });
});

describe('exports', () => {
  test('reach only what is downstream; the later need wins', async () => {
    const file = pipeline([
      free('a'),
      free('b'),
      free('beside'),
      script('ab', { needs: ['a', 'b'] }),
      script('ba', { needs: ['b', 'a'] }),
    ]);
    const engine = await runEngine(file, {
      act: (step) => (['a', 'b'].includes(step) ? { env: `WHO=${step}\n`, path: `/${step}\n` } : {}),
    });
    const seen = (step: string): readonly (string | undefined)[] => {
      const { env } = engine.process(step).command;
      return [env['WHO'], env['PATH']];
    };
    expect(seen('beside')).toEqual([undefined, '/bin']);
    expect(seen('ab')).toEqual(['b', '/b:/a:/bin']);
    expect(seen('ba')).toEqual(['a', '/a:/b:/bin']);
  });

  test('of a failed step reach what runs after it', async () => {
    const file = pipeline([script('a'), script('b', { if: 'always()' })]);
    const engine = await runEngine(file, { act: (step) => (step === 'a' ? { exit: 1, env: 'X=1\n' } : {}) });
    expect(engine.process('b').command.env['X']).toBe('1');
  });

  test('belong to the fingerprints of what reads them, as a resume sees them', async () => {
    const file = pipeline([script('a'), script('b', { env: { Y: '${{ env.X }}' } }), script('c')]);
    const exporting = (step: string): Act => (step === 'a' ? { env: 'X=1\n' } : fails('c')(step));
    const first = await runEngine(file, { act: exporting });
    expect((await runEngine(file, { after: first.journal.events })).started).toEqual(['c']);
    const other = await runEngine(file, { act: (step) => (step === 'a' ? { env: 'X=2\n' } : {}) });
    const envOf = (events: typeof first.journal.events): string => eventOf(events, 'step_started', 'b').fingerprint.env;
    expect(envOf(first.journal.events)).not.toBe(envOf(other.journal.events));
  });

  test('are seen by expressions downstream', async () => {
    const file = pipeline([script('a'), script('b', { if: "env.X == '1'", env: { Y: '${{ env.X }}2' } })]);
    const engine = await runEngine(file, { act: (step) => (step === 'a' ? { env: 'X=1\n' } : {}) });
    expect(engine.process('b').command.env['Y']).toBe('12');
  });
});
