import { ok, type Result } from '../../base/result.js';
import type { RunState } from '../../state/run-state.js';
import { openJournal, type JournalOptions, type OpenJournal } from './journal-file.js';

/** A journal in two places. */
export type MirroredOptions = {
  /** Out of reach of what steps do to the workspace: what counts. */
  readonly kept: JournalOptions;
  /** For people and tools, who expect it in the work directory. */
  readonly shown: JournalOptions;
  /** The shown one cannot be written any more; the run goes on. */
  readonly onShownLost: (message: string) => void;
};

/** Opens a journal that is written twice; trouble with the shown one is told once and costs nothing. */
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
