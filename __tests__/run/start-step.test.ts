import { describe, expect, test } from 'vitest';
import type { Decision } from '../../src/plan/plan.js';
import type { EventBody } from '../../src/state/event.js';
import { startStep } from '../../src/run/start-step.js';
import type { RunContext, StepStart } from '../../src/run/run-context.js';
import { pipeline, script } from '../plan/pipeline-builder.js';

const FINGERPRINT = { definition: 'd', directory: '', env: 'e', reads: '', needs: '' };

const recorded = (decision: Decision): readonly EventBody[] => {
  const [step] = pipeline([script('build', { name: 'Build' })]).steps;
  const events: EventBody[] = [];
  const recorder: Pick<RunContext['recorder'], 'emit'> = { emit: (event) => events.push(event) };
  const scope: StepStart['scopes']['live'] = {
    context: () => null,
    functions: { success: () => true, failure: () => false, cancelled: () => false, hashFiles: () => '' },
  };
  if (step === undefined) throw new Error('there is one step');
  // Of a run it asks for nothing but the recorder.
  const context = { recorder } as RunContext;
  startStep(
    step,
    { decision, scopes: { live: scope, recorded: scope } },
    { path: 'g/build', fingerprint: FINGERPRINT, context },
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
});
