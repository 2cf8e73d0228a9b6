import type { RunState, StepRecord } from '../../state/run-state.js';
import { isFlaky } from '../../state/state-file.js';
import type { Paint } from '../text/paint.js';

/** Steps that succeeded in the latest run attempt, but not at their first attempt; includes steps of fallbacks. */
export const flakySteps = ({ steps, attempt }: RunState): readonly StepRecord[] =>
  [...steps.values()].filter((record) => record.runAttempt === attempt && isFlaky(record));

/** The terminal line that names flaky steps; empty without any. */
export const flakyLines = (state: RunState, paint: Paint): readonly string[] => {
  const flaky = flakySteps(state);
  return flaky.length === 0 ? [] : [`${paint.yellow('flaky:')} ${flakyText(flaky)}`];
};

const NAMED = 10;

/** The flaky steps in words: `fetch (3 attempts), each[2] (2 attempts) and 5 more`. */
export const flakyText = (flaky: readonly StepRecord[]): string => {
  const named = flaky.slice(0, NAMED).map(({ path, tries }) => `${path} (${String(tries)} attempts)`);
  const more = flaky.length > NAMED ? ` and ${String(flaky.length - NAMED)} more` : '';
  return `${named.join(', ')}${more}`;
};
