import { ok, type Result } from '../../base/result.js';
import type { RunState } from '../../state/run-state.js';
import { openJournal, type JournalOptions, type OpenJournal } from './journal-file.js';

/** A journal that is written twice. */
export type MirroredOptions = {
  /** The authoritative copy, outside the workspace, where steps do not touch it. */
  readonly kept: JournalOptions;
  /** A copy in the work directory, for people and tools. */
  readonly shown: JournalOptions;
  /** Called when the copy cannot be written any more; the run continues. */
  readonly onShownLost: (message: string) => void;
};

/** Opens a journal that is written twice; a failure of the copy is reported once and otherwise ignored. */
export const openMirroredJournal = (options: MirroredOptions): Result<OpenJournal> => {
  const kept = openJournal(options.kept);
  if (!kept.ok) return kept;
  const shown = openJournal(options.shown);
  if (!shown.ok) options.onShownLost(shown.error);
  return ok(shown.ok ? mirror(kept.value, shown.value, options.onShownLost) : kept.value);
};

const mirror = (kept: OpenJournal, shown: OpenJournal, onShownLost: (message: string) => void): OpenJournal => {
  let isShown = true;
  return {
    append: (event, state) => {
      const appended = kept.append(event, state);
      const copied = isShown ? shown.append(event, state) : ok(undefined);
      if (!copied.ok) {
        isShown = false;
        onShownLost(copied.error);
      }
      return appended;
    },
    close: async (state: RunState) => {
      const copied = await shown.close(state);
      if (!copied.ok && isShown) onShownLost(copied.error);
      return kept.close(state);
    },
  };
};
