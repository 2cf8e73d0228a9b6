import type { RunEvent } from '../state/event.js';
import { isInFallback } from '../state/in-fallback.js';

/** A journal for a checkpoint: the size of its whole lines, and the steps that finished after its last archive. */
export type JournalCover = {
  readonly wholeBytes: number;
  /** Paths of the steps whose files are in no archive, so that they run again. */
  readonly uncovered: readonly string[];
};

/**
 * Reads a journal of which the archives of a checkpoint cover the first `coveredBytes`, which end with a line. Steps in
 * fallbacks are ignored: they are never resumed, and no archive is taken for them.
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

/** Only steps that start processes have an exit code; a container changes no files itself. */
const finishedProcess = (line: string): string | undefined => {
  if (!line.includes('"step_succeeded"') && !line.includes('"step_continue_on_error"')) return undefined;
  const event = JSON.parse(line) as RunEvent;
  const isFinish = event.type === 'step_succeeded' || event.type === 'step_continue_on_error';
  return isFinish && event.exit_code !== undefined ? event.step : undefined;
};
