import { describe, expect, test } from 'vitest';
import {
  failedInstead,
  type Worked,
  stepName,
  resolveStep,
  type Resolution,
  startStep,
} from '../../../src/run/step/begun-step.js';
import { NO_LAYERS } from '../../../src/run/context/ending.js';
import { fallbacks, pipeline, script } from '../../plan/pipeline-builder.js';
import { fails } from '../acts.js';
import { endingsOf, eventOf, runEngine, startEngine } from '../engine.js';
import type { Scope } from '../../../src/expressions/evaluate.js';
import type { EventBody } from '../../../src/state/event.js';
import type { Decision } from '../../../src/plan/plan.js';
import type { RunContext, StepStart } from '../../../src/run/context/run-context.js';
import type { Choice } from '../../../src/state/run-state.js';
import { stepRecord } from '../../plan/step-record.js';

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

const scope: Scope = {
  context: () => ({ what: 'it' }),
  functions: { success: () => true, failure: () => false, cancelled: () => false, hashFiles: () => '' },
};

test.each([
  ['Build', 'Build'],
  ['Build ${{ inputs.what }}', 'Build it'],
  ["Build ${{ fromJSON('{') }}", "Build ${{ fromJSON('{') }}"],
])('"%s" is shown as "%s"', (name, shown) => {
  const [step] = pipeline([script('a', { name })]).steps;
  expect(step && stepName(step, scope)).toBe(shown);
});

const produced = { duration_ms: 5 };

const eventFor = (resolution: Omit<Resolution, 'produced'>): EventBody | undefined => {
  const events: EventBody[] = [];
  const recorder = { emit: (body: EventBody) => void events.push(body), warn: () => {}, resumable: () => true };
  const state = (): never => {
    throw new Error('not asked for');
  };
  resolveStep('a', { ...resolution, produced }, { ...recorder, state });
  expect(events).toHaveLength(1);
  return events[0];
};

test.each<[Omit<Resolution, 'produced'>, Partial<EventBody>]>([
  [{ status: 'succeeded', tolerated: false }, { type: 'step_succeeded' }],
  [
    { status: 'failed', tolerated: false, error: 'e' },
    { type: 'step_failed', status: 'failed', error: 'e' },
  ],
  [
    { status: 'errored', tolerated: false, error: 'e' },
    { type: 'step_failed', status: 'errored', error: 'e' },
  ],
  [
    { status: 'timed_out', tolerated: false, error: 'e' },
    { type: 'step_timed_out', error: 'e' },
  ],
  [
    { status: 'aborted', tolerated: false, cause: 'gate', error: 'e' },
    { type: 'step_aborted', by: 'gate', error: 'e' },
  ],
  [
    { status: 'timed_out', tolerated: true, error: 'e' },
    { type: 'step_continue_on_error', status: 'timed_out', error: 'e' },
  ],
])('%o is one event', (resolution, event) => {
  expect(eventFor(resolution)).toEqual({ step: 'a', ...produced, ...event });
});

const FINGERPRINT = { definition: 'd', directory: '', env: 'e', values: '', reads: '', needs: '' };

const recorded = (
  decision: Decision,
  more: { readonly choice?: Choice; readonly keepsChoice?: boolean } = {},
): readonly EventBody[] => {
  const { choice, keepsChoice = false } = more;
  const [step] = pipeline([script('build', { name: 'Build' })]).steps;
  const events: EventBody[] = [];
  const recorder: Pick<RunContext['recorder'], 'emit'> = { emit: (event) => events.push(event) };
  const scope: StepStart['scopes']['live'] = {
    context: () => null,
    defaults: () => ({}),
    functions: { success: () => true, failure: () => false, cancelled: () => false, hashFiles: () => '' },
  };
  if (step === undefined) throw new Error('there is one step');
  const record = choice === undefined ? undefined : stepRecord({ choice });
  // Of a run it asks for nothing but the recorder and what is recorded.
  const context = { recorder, live: { record: () => record } } as unknown as RunContext;
  startStep(
    step,
    { decision, scopes: { live: scope, recorded: scope } },
    { path: 'g/build', fingerprint: FINGERPRINT, keepsChoice, context },
  );
  return events;
};

describe('the start of a step', () => {
  test('is recorded with its path, name, reason and fingerprint', () => {
    expect(recorded({ do: 'run', because: 'it failed last time' })).toEqual([
      {
        type: 'step_started',
        step: 'g/build',
        kind: 'script',
        name: 'Build',
        because: 'it failed last time',
        fingerprint: FINGERPRINT,
      },
    ]);
  });

  test('says when the step runs only to be there again', () => {
    expect(recorded({ do: 'run', because: 'on_resume: rerun', refresh: true })).toMatchObject([{ refresh: true }]);
  });

  test('says when what the step had chosen does not stand any more', () => {
    const [run, choice]: [Decision, Choice] = [
      { do: 'run', because: 'so' },
      { kind: 'arm', arm: 'then' },
    ];
    expect(recorded(run, { choice })).toMatchObject([{ rechoose: true }]);
    expect(Object.keys(recorded(run, { choice, keepsChoice: true })[0] ?? {})).not.toContain('anew');
    expect(Object.keys(recorded(run)[0] ?? {})).not.toContain('anew');
  });
});
