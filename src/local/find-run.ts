import { err, ok, type Result } from '../base/result.js';
import { readJournalFile } from '../machine/journal-file.js';
import { listHistory } from '../machine/run-history.js';
import type { WorkDirectory } from '../machine/work-directory.js';
import { foldEvents } from '../state/apply-event.js';
import type { JournalContent } from '../state/journal-format.js';
import type { RunState } from '../state/run-state.js';
import { describeJournalProblem } from './journal-problem.js';

/** A run as it was recorded. */
export type FoundRun = {
  readonly state: RunState;
  /** Where its journal goes on. */
  readonly content: Pick<JournalContent, 'hash' | 'validBytes'>;
};

/** What is in a work directory. */
export type CurrentRun =
  | { readonly kind: 'none' }
  | { readonly kind: 'found'; readonly run: FoundRun }
  | { readonly kind: 'unreadable'; readonly problem: string };

/** The run that is in the work directory itself. */
export const readCurrentRun = (place: WorkDirectory): CurrentRun => {
  const run = readRun(place.journalFile);
  if (!run.ok) return { kind: 'unreadable', problem: run.error };
  return run.value === undefined ? { kind: 'none' } : { kind: 'found', run: run.value };
};

/** The run to resume: the current one, or the one with that id, wherever it is. The error says the way out. */
export const findRunToResume = (
  place: WorkDirectory,
  current: CurrentRun,
  id: string | undefined,
): Result<FoundRun> => {
  if (current.kind === 'found' && (id === undefined || current.run.state.runId === id)) return ok(current.run);
  if (id !== undefined) return findInHistory(place, current, id);
  return err(current.kind === 'unreadable' ? current.problem : 'there is nothing to resume; start with: savepoint run');
};

const findInHistory = (place: WorkDirectory, current: CurrentRun, id: string): Result<FoundRun> => {
  const history = listHistory(place);
  if (!history.ok) return history;
  const past = history.value.find(({ runId }) => runId === id);
  const run = past === undefined ? ok(undefined) : readRun(past.journalFile);
  if (!run.ok) return run;
  if (run.value !== undefined) return ok(run.value);
  const here = current.kind === 'found' ? [current.run.state.runId] : [];
  const known = [...here, ...history.value.map(({ runId }) => runId)];
  return err(
    `there is no run "${id}"; ${known.length === 0 ? 'there is none at all' : `there are: ${known.join(', ')}`}`,
  );
};

const readRun = (file: string): Result<FoundRun | undefined> => {
  const content = readJournalFile(file);
  if (!content.ok) return err(describeJournalProblem(file, content.error));
  if (content.value === undefined) return ok(undefined);
  const { events, hash, validBytes } = content.value;
  const state = foldEvents(events);
  return ok(state && { state, content: { hash, validBytes } });
};
