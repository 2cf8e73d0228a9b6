import { legOf, type LegParts } from '../../checkpoint/checkpoint-key.js';
import type { MachinePaths } from '../../checkpoint/manifest.js';
import type { ActionInputs } from './action-inputs.js';

/** Which leg of which workflow run this is, and which start of it. */
export type JobIdentity = LegParts & {
  /** Of the workflow run, from 1. */
  readonly attempt: number;
  /** Of this start alone. */
  readonly nonce: string;
  readonly places: MachinePaths;
};

/** Reads who this job is from what the runner says. Nothing of it changes when the job is run again, but the attempt. */
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
