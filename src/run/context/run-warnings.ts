import type { FallbackName } from '../../language/model/pipeline.js';
import type { FallbackRecord, RunState, StepRecord } from '../../state/run-state.js';

/** Why a run that succeeds does so with warnings, one line each: tolerated failures, checks, fallbacks that cleaned up badly. */
export const warningsOf = ({ steps, fallbacks }: RunState): readonly string[] => [
  ...[...steps.values()].flatMap(stepWarnings),
  ...[...fallbacks.values()].filter(isWarning).map(describeFallbackFailure),
];

const stepWarnings = ({ path, tolerated, error, warnings }: StepRecord): readonly string[] => [
  ...(tolerated ? [`"${path}" failed and was tolerated: ${error ?? ''}`] : []),
  ...warnings.map((warning) => `"${path}": ${warning}`),
];

const isWarning = ({ name, status }: FallbackRecord): boolean =>
  CLEANING.includes(name) && status !== 'succeeded' && status !== 'running';

/** The others decide about the outcome of what they belong to. */
const CLEANING: readonly FallbackName[] = ['on_failure', 'on_abortion', 'finally'];

/** A fallback that failed, as a warning. */
export type FailedFallback = Pick<FallbackRecord, 'owner' | 'name'> & { readonly error?: string | undefined };

/** One line on a fallback that failed and changed nothing by that. */
export const describeFallbackFailure = ({ owner, name, error = '' }: FailedFallback): string =>
  `the fallback ${name} of ${nameOfOwner(owner)} failed: ${error}`;

/** What fallbacks belong to, for messages. `path` is empty for the pipeline. */
export const nameOfOwner = (path: string): string => (path === '' ? 'the pipeline' : `"${path}"`);
