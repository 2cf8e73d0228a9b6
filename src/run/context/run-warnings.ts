import type { FallbackName } from '../../language/model/pipeline.js';
import type { FallbackRecord, RunState, StepRecord } from '../../state/run-state.js';

/** The warnings of a run, one line each: tolerated failures, failed checks, and failed cleanup fallbacks. */
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

/** The other fallbacks decide the outcome of their owner. */
const CLEANING: readonly FallbackName[] = ['on_failure', 'on_abortion', 'finally'];

/** A fallback that failed, as a warning. */
export type FailedFallback = Pick<FallbackRecord, 'owner' | 'name'> & { readonly error?: string | undefined };

/** One line on a failed fallback whose failure did not change the outcome. */
export const describeFallbackFailure = ({ owner, name, error = '' }: FailedFallback): string =>
  `the fallback ${name} of ${nameOfOwner(owner)} failed: ${error}`;

/** The owner of fallbacks, named for messages. `path` is empty for the pipeline. */
export const nameOfOwner = (path: string): string => (path === '' ? 'the pipeline' : `"${path}"`);
