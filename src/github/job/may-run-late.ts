import { never } from '../../base/assert.js';
import type { ChainState } from '../../checkpoint/chain-state.js';
import { readJournaledRun, type JournaledRun } from '../checkpoint/job-journal.js';
import type { SaveResult } from '../checkpoint/save-checkpoint.js';

/** A run whose latest attempt was interrupted, and the chain as it was before the claim of its fallbacks was saved. */
export type BeforeClaim = { readonly run: JournaledRun; readonly chain: ChainState };

/**
 * Whether the fallbacks of a run attempt that was interrupted may run in `post`, by what became of saving their claim. They
 * may not where a later start can find a checkpoint of the attempt without the claim: it would run them too.
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

/** A save of which nobody knows how it ended may have stored anything. */
const mayBeFound = (before: BeforeClaim): boolean =>
  before.chain.isSaving || before.chain.isUnsure || isAttemptStored(before);

/** What is stored may end with an earlier attempt, and what was restored may hold the one that is cleaned up after. */
const isAttemptStored = ({ run, chain }: BeforeClaim): boolean => {
  const stored = readJournaledRun(run.journal.bytes.subarray(0, chain.savedJournalBytes));
  return stored.ok && stored.value.last.attempt >= run.last.attempt;
};
