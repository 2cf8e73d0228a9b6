import { describe, expect, test } from 'vitest';
import type { Decision } from '../../../src/plan/plan.js';
import type { EventBody } from '../../../src/state/event.js';
import { startStep } from '../../../src/run/step/start-step.js';
import type { RunContext, StepStart } from '../../../src/run/context/run-context.js';
import type { Choice } from '../../../src/state/run-state.js';
import { pipeline, script } from '../../plan/pipeline-builder.js';
import { stepRecord } from '../../plan/step-record.js';

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
