import { EMPTY_CHAIN, applyChainEvent } from '../../checkpoint/chain.js';
import type { ChainEvent, ChainState } from '../../checkpoint/chain-state.js';
import { appendEventLine, readEventLines } from '../../machine/files/event-lines.js';

/** The events of one start's checkpoints, kept in a file for `post`. */
export type ChainLog = {
  readonly state: () => ChainState;
  readonly add: (event: ChainEvent) => void;
};

/** Opens the log with the events already in its file. A failing file is reported once; the log then continues in memory. */
export const openChainLog = (file: string, onTrouble: (message: string) => void): ChainLog => {
  let isKept = true;
  const lose = (message: string): void => {
    if (isKept) onTrouble(`checkpoints are only saved while this step runs: ${message}`);
    isKept = false;
  };
  const lines = readEventLines(file);
  if (!lines.ok) lose(lines.error);
  // Only Savepoint writes to this private folder, so the events are well-formed.
  let state = (lines.ok ? (lines.value as readonly ChainEvent[]) : []).reduce(applyChainEvent, EMPTY_CHAIN);
  return {
    state: () => state,
    add: (event) => {
      state = applyChainEvent(state, event);
      if (!isKept) return;
      const appended = appendEventLine(file, event);
      if (!appended.ok) lose(appended.error);
    },
  };
};
