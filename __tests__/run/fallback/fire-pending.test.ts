import { describe, expect, test } from 'vitest';
import type { Pipeline } from '../../../src/language/model/pipeline.js';
import { firedIn } from '../../rig/fallback-table/gathering-outcome.js';
import { fallbacks, group, pipeline, script } from '../../plan/pipeline-builder.js';
import { fails, free, waits } from '../acts.js';
import { startEngine, type Act, type Engine } from '../engine.js';

const BOTH = fallbacks({ on_abortion: [script('f')], finally: [script('f')] });

const SIGNAL = { cause: 'signal', atOnce: false } as const;

const file = (): Pipeline =>
  pipeline([group('g', [script('a', { fallbacks: BOTH })], { fallbacks: BOTH }), script('b')], { fallbacks: BOTH });

const ended = async (engine: Engine): Promise<Engine & { readonly status: string; readonly last: string }> => {
  const { state } = await engine.ended;
  return { ...engine, status: state.status, last: engine.journal.events.at(-1)?.type ?? '' };
};

const warningsOf = ({ display }: Engine): readonly string[] => display.warnings.map(({ message }) => message);

describe('a run that a signal stops', () => {
  test('fires on_abortion and finally of what ran, from the inside out, once all steps have ended', async () => {
    const engine = await startEngine(file(), { act: waits('g/a') });
    engine.scope.abort(SIGNAL);
    const { journal, status, last } = await ended(engine);
    expect(firedIn(journal.events)).toEqual([
      'g/a/on_abortion',
      'g/a/finally',
      'g/on_abortion',
      'g/finally',
      'on_abortion',
      'finally',
    ]);
    const types = journal.events.map(({ type }) => type);
    expect(types.indexOf('fallback_started')).toBeGreaterThan(types.lastIndexOf('step_skipped'));
    expect([status, last]).toEqual(['aborted', 'run_aborted']);
  });

  test('fires nothing where there is no time, and leaves no claim', async () => {
    const engine = await startEngine(file(), { act: waits('g/a'), abortion: 'later' });
    engine.scope.abort(SIGNAL);
    const { journal, last } = await ended(engine);
    expect([firedIn(journal.events), last]).toEqual([[], 'run_aborted']);
    expect(warningsOf(engine)).toEqual([]);
  });

  test('before its first step fires those of the pipeline', async () => {
    const { journal } = await ended(await startEngine(file(), { isAborted: true }));
    expect(firedIn(journal.events)).toEqual(['on_abortion', 'finally']);
  });

  test('in on_started has an aborted step, and fires what belongs to that', async () => {
    const lists = { ...BOTH, ...fallbacks({ on_started: [script('s')], on_failure: [script('f')] }) };
    const engine = await startEngine(pipeline([script('a', { fallbacks: lists })]), { act: waits('a/on_started/s') });
    engine.scope.abort(SIGNAL);
    expect(firedIn((await ended(engine)).journal.events)).toEqual(['a/on_started', 'a/on_abortion', 'a/finally']);
    expect(engine.started).not.toContain('a');
  });

  test('in on_success has an aborted step, for which on_abortion does not fire any more', async () => {
    const lists = { ...BOTH, ...fallbacks({ on_success: [script('s')] }) };
    const engine = await startEngine(pipeline([script('a', { fallbacks: lists })]), { act: waits('a/on_success/s') });
    engine.scope.abort(SIGNAL);
    const { journal, status } = await ended(engine);
    expect(firedIn(journal.events)).toEqual(['a/on_success', 'a/finally']);
    expect(status).toBe('aborted');
  });

  test('in on_failure is aborted, warns of the fallback, and still fires finally', async () => {
    const lists = { ...BOTH, ...fallbacks({ on_failure: [script('f')] }) };
    const act = (step: string): Act => {
      if (step === 'a') return { exit: 1 };
      return step === 'a/on_failure/f' ? { waits: true } : {};
    };
    const engine = await startEngine(pipeline([script('a', { fallbacks: lists })]), { act });
    engine.scope.abort(SIGNAL);
    const { journal, status } = await ended(engine);
    expect(firedIn(journal.events)).toEqual(['a/on_failure', 'a/finally']);
    expect(warningsOf(engine)).toEqual(['the fallback on_failure of "a" failed: aborted by a signal']);
    expect([status, engine.journal.events.filter(({ type }) => type === 'step_failed').length]).toEqual(['aborted', 1]);
  });

  test('is no less aborted for a fallback that fails', async () => {
    const engine = await startEngine(file(), {
      act: (step) => (step === 'g/a' ? { waits: true } : fails('g/a/on_abortion/f')(step)),
    });
    engine.scope.abort(SIGNAL);
    const { journal, status } = await ended(engine);
    expect(firedIn(journal.events)).toHaveLength(6);
    expect(status).toBe('aborted');
    expect(warningsOf(engine)).toEqual(['the fallback on_abortion of "g/a" failed: exit code 1']);
  });
});

describe('owed fallbacks', () => {
  test('are ended all together when their time is up; the rest is left to the next start', async () => {
    const act = (step: string): Act => (step === 'g/a' || step.startsWith('g/a/on_abortion') ? { waits: true } : {});
    const engine = await startEngine(file(), { act });
    engine.scope.abort(SIGNAL);
    await engine.clock.advance(29_999);
    expect(firedIn(engine.journal.events)).toEqual(['g/a/on_abortion']);
    await engine.clock.advance(1);
    await ended(engine);
    expect(engine.process('g/a/on_abortion/f').stops).toEqual([2000]);
    expect(firedIn(engine.journal.events)).toEqual(['g/a/on_abortion']);
    expect(warningsOf(engine)).toEqual([
      'the fallback on_abortion of "g/a" failed: cleaning up took longer than 30.0s',
      'there was no time for finally of "g/a"; on_abortion of "g"; finally of "g"; on_abortion of the pipeline; finally of the pipeline; the next start makes up for it',
    ]);
    expect(engine.clock.pending).toBe(0);
  });

  test('are ended at once by a second signal', async () => {
    const act = (step: string): Act => (step === 'g/a' || step.startsWith('g/a/on_abortion') ? { waits: true } : {});
    const engine = await startEngine(file(), { act });
    engine.scope.abort(SIGNAL);
    await engine.clock.advance(10);
    engine.scope.abort({ ...SIGNAL, atOnce: true });
    const { status } = await ended(engine);
    expect(engine.process('g/a/on_abortion/f').stops).toEqual([0]);
    expect([status, firedIn(engine.journal.events)]).toEqual(['aborted', ['g/a/on_abortion']]);
  });

  test('do not start after a second signal', async () => {
    const engine = await startEngine(file(), {
      act: (step) => (step === 'g/a' ? { waits: true, ignoresTerm: true } : {}),
    });
    engine.scope.abort(SIGNAL);
    engine.scope.abort({ ...SIGNAL, atOnce: true });
    await engine.clock.advance(1);
    const { journal } = await ended(engine);
    expect(firedIn(journal.events)).toEqual([]);
  });
});

describe('on_abortion fires at once', () => {
  test('in the time that is left for it, when the time of a container is up', async () => {
    const step = script('a', { fallbacks: BOTH });
    const act = (path: string): Act => (path === 'g/a' || path === 'g/a/on_abortion/f' ? { waits: true } : {});
    const engine = await startEngine(pipeline([group('g', [step], { timeoutMs: 1000 })]), { act });
    await engine.clock.advance(1000);
    expect(firedIn(engine.journal.events)).toEqual(['g/a/on_abortion']);
    await engine.clock.advance(30_000);
    const { journal, status } = await ended(engine);
    expect(firedIn(journal.events)).toEqual(['g/a/on_abortion', 'g/a/finally']);
    expect(status).toBe('failed');
  });

  test('for what fail_fast ends, where the pipeline fires on_failure', async () => {
    const steps = [free('a'), free('b', { fallbacks: BOTH })];
    const lists = { ...BOTH, ...fallbacks({ on_failure: [script('f')] }) };
    const engine = await startEngine(pipeline(steps, { failure: 'fail_fast', fallbacks: lists }), {
      act: waits('a', 'b'),
    });
    engine.process('a').exit(1);
    const { journal } = await ended(engine);
    expect(firedIn(journal.events)).toEqual(['b/on_abortion', 'b/finally', 'on_failure', 'finally']);
  });
});
