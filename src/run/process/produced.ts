import type { ProcessStep } from '../../language/model/pipeline.js';
import type { Produced, Status } from '../../state/event.js';
import { describeOutcome, exitCodeOf } from './attempt.js';
import type { Outcome } from '../context/ending.js';
import { withholdSecrets } from '../context/holds-secret.js';
import type { ListSum, RunContext } from '../context/run-context.js';
import type { ScriptsEnding } from './run-scripts.js';

/** The storable results of an attempt. Outputs that hold a secret are kept in memory, for this run only. */
export const producedBy = (
  step: ProcessStep,
  { path, ended }: { readonly path: string; readonly ended: ScriptsEnding },
  { masker, liveOutputs }: RunContext,
): Omit<Produced, 'duration_ms'> => {
  const outputs = withholdSecrets(ended.outputs, masker);
  const exports = storableExports(ended.exports, masker);
  if (outputs.withheld.length > 0) liveOutputs.set(path, ended.outputs);
  else liveOutputs.delete(path);
  const isTolerated = step.continueOnError && ended.outcome.kind !== 'succeeded';
  return {
    exit_code: exitCodeOf(ended.outcome),
    ...(Object.keys(outputs.kept).length > 0 && { outputs: outputs.kept }),
    ...(outputs.withheld.length > 0 && { withheld: outputs.withheld }),
    ...(exports !== undefined && { exports }),
    ...(step.captures && { stdout: ended.stdout }),
    ...((step.captures || isTolerated) && { stderr: ended.stderr }),
  };
};

/** Undefined when there are none. A folder that holds a secret is withheld under the name `PATH`. */
const storableExports = (
  { env, path }: ScriptsEnding['exports'],
  masker: RunContext['masker'],
): Produced['exports'] => {
  if (path.length === 0 && Object.keys(env).length === 0) return undefined;
  const split = withholdSecrets(env, masker);
  const folders = path.filter((folder) => !masker.holds(folder));
  const withheld = [...split.withheld, ...(folders.length < path.length ? ['PATH'] : [])];
  return { env: split.kept, path: folders, ...(withheld.length > 0 && { withheld }) };
};

/** The status and error that an outcome gives its step. */
export const sumOf = (outcome: Outcome): ListSum => {
  if (outcome.kind === 'succeeded') return { status: 'succeeded', tolerated: false };
  const error = describeOutcome(outcome);
  if (outcome.kind === 'aborted') return { status: 'aborted', tolerated: false, cause: outcome.by, error };
  const status: Status = outcome.kind === 'timed-out' ? 'timed_out' : outcome.kind;
  return { status, tolerated: false, error };
};
