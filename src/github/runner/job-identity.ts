import { legOf, type LegParts } from '../../checkpoint/checkpoint-key.js';
import type { MachinePaths } from '../../checkpoint/manifest.js';
import type { ActionInputs } from './action-inputs.js';

/** Identifies the job within its workflow run, and this start of it. */
export type JobIdentity = LegParts & {
  /** The attempt of the workflow run, from 1. */
  readonly attempt: number;
  /** Unique to this start. */
  readonly nonce: string;
  readonly places: MachinePaths;
};

/** Reads the identity of this job from the runner's environment. In a re-run only the attempt and the nonce change. */
export const readJobIdentity = (
  env: Readonly<Record<string, string | undefined>>,
  inputs: Pick<ActionInputs, 'pipeline' | 'matrix' | 'id'>,
  nonce: string,
): JobIdentity => {
  const given = (name: string): string => env[name] ?? '';
  return {
    os: given('RUNNER_OS'),
    arch: given('RUNNER_ARCH'),
    runId: given('GITHUB_RUN_ID'),
    leg: legOf({
      workflowFile: given('GITHUB_WORKFLOW_REF'),
      job: given('GITHUB_JOB'),
      matrix: inputs.matrix,
      action: given('GITHUB_ACTION'),
      pipeline: inputs.pipeline ?? '',
      id: inputs.id,
    }),
    attempt: Number(given('GITHUB_RUN_ATTEMPT')) || 1,
    nonce,
    places: {
      workspace: given('GITHUB_WORKSPACE'),
      temp: given('RUNNER_TEMP'),
      tool_cache: given('RUNNER_TOOL_CACHE'),
    },
  };
};
