import { stableJson } from '../../base/stable-json.js';
import { isResumed, resumeSavings, type JobEnd } from '../../report/job-verdict.js';
import type { RunState } from '../../state/run-state.js';
import { isFlaky } from '../../state/state-file.js';

/** Every output of `action.yml`. */
export const ACTION_OUTPUTS = [
  'outcome',
  'run-id',
  'attempt',
  'resumed',
  'steps-resumed',
  'seconds-saved',
  'failed-step',
  'warnings',
  'flaky',
  'checkpoint',
  'outputs',
] as const;

/** The name of an output of the action. */
export type OutputName = (typeof ACTION_OUTPUTS)[number];

/** The end of a job that its outputs describe; `warnings` holds all warnings. */
export type OutputsOf = Pick<JobEnd, 'state' | 'nothingToDo' | 'checkpoint'> & { readonly warnings: readonly string[] };

/** The text of every output of the action. */
export const jobOutputs = (end: OutputsOf): Readonly<Record<OutputName, string>> => {
  const { state, checkpoint, warnings } = end;
  const { stepsResumed, savedMs } = resumeSavings(end);
  return {
    outcome: outcomeOf(state),
    'run-id': state.runId,
    attempt: String(state.attempt),
    resumed: String(isResumed(end)),
    'steps-resumed': String(stepsResumed),
    'seconds-saved': String(Math.round(savedMs / 1000)),
    'failed-step': state.failedStep ?? '',
    warnings: warnings.map(oneLine).join('\n'),
    flaky: JSON.stringify(flakyPaths(state)),
    checkpoint: checkpoint.status,
    outputs: stableJson(state.outputs),
  };
};

/** The outputs when nothing could run: invalid inputs, an invalid pipeline or a refused run. */
export const refusedOutputs = (checkpoint: JobEnd['checkpoint']): Readonly<Record<OutputName, string>> => ({
  outcome: 'failed',
  'run-id': '',
  attempt: '',
  resumed: 'false',
  'steps-resumed': '0',
  'seconds-saved': '0',
  'failed-step': '',
  warnings: '',
  flaky: '[]',
  checkpoint: checkpoint.status,
  outputs: '{}',
});

/** A run that never ended was killed, so it counts as aborted. */
const outcomeOf = ({ status }: RunState): string => (status === 'running' ? 'aborted' : status);

/** Includes kept steps, because their results still count. */
const flakyPaths = ({ steps }: RunState): readonly string[] =>
  [...steps.values()].filter(isFlaky).map(({ path }) => path);

const oneLine = (text: string): string => text.replace(/\s*[\r\n]+\s*/g, ' ');
