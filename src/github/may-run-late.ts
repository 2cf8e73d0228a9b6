import { never } from '../base/assert.js';
import type { ChainState } from '../checkpoint/chain-state.js';
import type { SaveResult } from './save-checkpoint.js';

/**
 * Whether the fallbacks of a run attempt that was cut off may run in `post`, by what became of saving their claim. They
 * may not where a later start can find a checkpoint of the attempt without the claim: it would run them too. `before` is
 * the chain before that save.
 */
export const mayRunLate = (saved: SaveResult, before: ChainState): boolean => {
  switch (saved.kind) {
    case 'saved':
    case 'marked':
    case 'nothing-new':
    case 'ambiguous':
      return true;
    case 'too-large':
      return saved.isRecordSaved || !mayBeFound(before);
    case 'failed':
      return !mayBeFound(before);
    default:
      return never(saved);
  }
};

const mayBeFound = ({ lastSaved, isSaving }: ChainState): boolean => lastSaved === 'checkpoint' || isSaving;
