import type { RunEvent } from '../state/event.js';
import { isInFallback } from '../state/in-fallback.js';

/** A journal for a checkpoint: how many of its bytes are whole lines, and which steps finished beyond its archives. */
export type JournalCover = {
  readonly wholeBytes: number;
  /** Paths of the steps whose files are in no archive, so that they run again. */
  readonly uncovered: readonly string[];
};

/**
 * Looks at a journal whose first `coveredBytes`, which end with a line, the archives of a checkpoint cover. Steps in
 * fallbacks do not count: they are never kept, and no archive is taken for them.
 */
export const coverOf = (journal: Buffer, coveredBytes: number): JournalCover => {
  const uncovered = new Set<string>();
  let start = coveredBytes;
  for (let end = journal.indexOf(LINE_FEED, start); end !== -1; end = journal.indexOf(LINE_FEED, start)) {
    const step = finishedProcess(journal.toString('utf8', start, end));
    if (step !== undefined && !isInFallback(step)) uncovered.add(step);
    start = end + 1;
  }
  return { wholeBytes: start, uncovered: [...uncovered] };
};

const LINE_FEED = 10;

/** Only steps that start processes have an exit code; a group adds nothing to what its steps left. */
const finishedProcess = (line: string): string | undefined => {
  if (!line.includes('"step_succeeded"') && !line.includes('"step_continue_on_error"')) return undefined;
  const event = JSON.parse(line) as RunEvent;
  const isFinish = event.type === 'step_succeeded' || event.type === 'step_continue_on_error';
  return isFinish && event.exit_code !== undefined ? event.step : undefined;
};
