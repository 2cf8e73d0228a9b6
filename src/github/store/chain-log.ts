import { EMPTY_CHAIN, applyChainEvent } from '../../checkpoint/chain.js';
import type { ChainEvent, ChainState } from '../../checkpoint/chain-state.js';
import { appendEventLine, readEventLines } from '../../machine/files/event-lines.js';

/** What happened to the checkpoints of one start, kept in a file for `post`. */
export type ChainLog = {
  readonly state: () => ChainState;
  readonly add: (event: ChainEvent) => void;
};

/** Opens the log in a file, with what is in it already. Trouble with the file is told once; the log goes on in memory. */
export const openChainLog = (file: string, onTrouble: (message: string) => void): ChainLog => {
  let isKept = true;
  const lose = (message: string): void => {
    if (isKept) onTrouble(`checkpoints are only saved while this step runs: ${message}`);
    isKept = false;
  };
  const lines = readEventLines(file);
  if (!lines.ok) lose(lines.error);
  // Nobody else writes into this private folder.
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
