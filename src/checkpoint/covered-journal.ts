import type { RunEvent } from '../state/event.js';

/**
 * How much of a journal may stand in a checkpoint whose archives cover it up to `coveredBytes`: all of it, unless a step
 * finished after that whose files are in no archive; then up to the event that says so. Bytes, at the end of a line.
 */
export const storableBytes = (journal: Buffer, coveredBytes: number): number => {
  let start = coveredBytes;
  for (let end = journal.indexOf(LINE_FEED, start); end !== -1; end = journal.indexOf(LINE_FEED, start)) {
    if (finishesProcess(journal.toString('utf8', start, end))) return start;
    start = end + 1;
  }
  return start;
};

const LINE_FEED = 10;

/** Only steps that start processes have an exit code; a group adds nothing to what its steps left. */
const finishesProcess = (line: string): boolean => {
  if (!line.includes('"step_succeeded"') && !line.includes('"step_continue_on_error"')) return false;
  const event = JSON.parse(line) as RunEvent;
  return (event.type === 'step_succeeded' || event.type === 'step_continue_on_error') && event.exit_code !== undefined;
};
