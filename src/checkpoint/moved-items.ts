import { pathMover } from '../state/moved-path.js';
import type { ChainState, MovedItems } from './chain-state.js';

/** The chain once items have other places: what it says of an item moves along, and of one that is no more it is forgotten. */
export const moveInChain = (state: ChainState, moved: MovedItems): ChainState => {
  const move = pathMover(moved.step, moved.from);
  const moveAll = (paths: readonly string[]): readonly string[] => paths.flatMap((path) => move(path) ?? []);
  return {
    ...state,
    unkept: moveNames(state.unkept, move),
    ...(state.begun !== undefined && { begun: { ...state.begun, unkept: moveNames(state.begun.unkept, move) } }),
    renewed: new Map(movedEntries([...state.renewed], move)),
    stored: state.stored.map(({ beside, ...archive }) => ({ ...archive, ...(beside && { beside: moveAll(beside) }) })),
    pending: state.pending.map((archive) => ({
      ...archive,
      stands_for: moveAll(archive.stands_for),
      beside: moveAll(archive.beside),
    })),
  };
};

type Move = (path: string) => string | undefined;

const moveNames = (names: ChainState['unkept'], move: Move): ChainState['unkept'] =>
  Object.fromEntries(movedEntries(Object.entries(names), move));

const movedEntries = <T>(entries: readonly (readonly [string, T])[], move: Move): readonly (readonly [string, T])[] =>
  entries.flatMap(([path, value]) => {
    const now = move(path);
    return now === undefined ? [] : [[now, value] as const];
  });
