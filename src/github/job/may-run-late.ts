import { never } from '../../base/assert.js';
import type { ChainState } from '../../checkpoint/chain-state.js';
import { readJournaledRun, type JournaledRun } from '../checkpoint/job-journal.js';
import type { SaveResult } from '../checkpoint/save-checkpoint.js';

/** An interrupted run, and the chain before the claim of its fallbacks was saved. */
export type BeforeClaim = { readonly run: JournaledRun; readonly chain: ChainState };

/**
 * Whether the fallbacks of an interrupted run attempt may run in `post`, given the result of saving their claim. They may
 * not if a later start could find a checkpoint of the attempt without the claim, because it would run them again.
 */
export const mayRunLate = (saved: SaveResult, before: BeforeClaim): boolean => {
  switch (saved.kind) {
    case 'saved':
    case 'marked':
    case 'ambiguous':
      return true;
    case 'too-large':
      return saved.isRecordSaved || !mayBeFound(before);
    case 'nothing-new':
    case 'failed':
      return !mayBeFound(before);
    default:
      return never(saved);
  }
};

/** A save whose result is unknown may have stored anything. */
const mayBeFound = (before: BeforeClaim): boolean =>
  before.chain.isSaving || before.chain.isUnsure || isAttemptStored(before);

/** Whether a stored checkpoint holds the interrupted attempt, rather than only earlier ones. */
const isAttemptStored = ({ run, chain }: BeforeClaim): boolean => {
  const stored = readJournaledRun(run.journal.bytes.subarray(0, chain.savedJournalBytes));
  return stored.ok && stored.value.last.attempt >= run.last.attempt;
};
