import { describe, expect, test } from 'vitest';
import { failedInstead, type Worked } from '../../../src/run/step/begun-step.js';
import { NO_LAYERS } from '../../../src/run/context/ending.js';
import { fallbacks, pipeline, script } from '../../plan/pipeline-builder.js';
import { fails } from '../acts.js';
import { endingsOf, eventOf, runEngine, startEngine } from '../engine.js';

const worked: Worked = {
  status: 'succeeded',
  tolerated: false,
  produced: { exit_code: 0, outputs: { x: 1 } },
  layers: { live: { env: { X: '1' }, path: [] }, recorded: { env: { X: '1' }, path: [] } },
};

describe('a step that fails for another reason than its work', () => {
  test('keeps what its work left', () => {
    expect(failedInstead(worked, { error: 'on_success failed' })).toEqual({
      ...worked,
      status: 'failed',
      error: 'on_success failed',
    });
  });

  test('left nothing where its work was never begun', () => {
    const why = { error: 'aborted by a signal', status: 'aborted', cause: 'signal' } as const;
    expect(failedInstead(undefined, why)).toEqual({ ...why, tolerated: false, produced: {}, layers: NO_LAYERS });
  });
});

describe('the end of a step', () => {
  const onSuccess = fallbacks({
    on_success: [script('publish', { env: { SEEN: '${{ steps.a.outcome }} ${{ steps.a.outputs.x }}' } })],
  });

  test('is seen by what comes between its work and its record', async () => {
    const engine = await startEngine(pipeline([script('a', { fallbacks: onSuccess })]), {
      act: (step) => (step === 'a' ? { output: 'x=1\n' } : { waits: true }),
    });
    expect(engine.process('a/on_success/publish').command.env['SEEN']).toBe('success 1');
    expect(engine.journal.events.map(({ type }) => type)).not.toContain('step_succeeded');
    engine.process('a/on_success/publish').exit(0);
    await engine.ended;
    expect(endingsOf(engine.journal.events)['a']).toBe('succeeded');
  });

  test('keeps its outputs where what came after its work failed', async () => {
    const engine = await runEngine(pipeline([script('a', { fallbacks: onSuccess })]), {
      act: (step) => (step === 'a' ? { output: 'x=1\n' } : { exit: 1 }),
    });
    expect(eventOf(engine.journal.events, 'step_failed', 'a')).toMatchObject({ outputs: { x: '1' }, exit_code: 0 });
  });

  test('counts as well where its failure is tolerated, and names itself where it is not', async () => {
    const tolerated = await runEngine(pipeline([script('a', { continueOnError: true })]), { act: fails('a') });
    expect(tolerated.state.status).toBe('succeeded with warnings');
    const failed = await runEngine(pipeline([script('a')]), { act: fails('a') });
    expect(eventOf(failed.journal.events, 'run_failed')).toMatchObject({ failed_step: 'a', error: 'exit code 1' });
  });

  test('stays an abort where failures are tolerated', async () => {
    const engine = await startEngine(pipeline([script('a', { continueOnError: true })]), {
      act: () => ({ waits: true }),
    });
    engine.scope.abort({ cause: 'signal', atOnce: false });
    await engine.ended;
    expect(endingsOf(engine.journal.events)).toEqual({ a: 'aborted: aborted by a signal' });
  });
});
