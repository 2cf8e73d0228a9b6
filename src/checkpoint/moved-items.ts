import { pathMover } from '../state/moved-path.js';
import type { ChainState, MovedItems } from './chain-state.js';

/** The chain once items have other places: what it says of an item moves along, and of one that is no more it is forgotten. */
export const moveInChain = (state: ChainState, moved: MovedItems): ChainState => {
  const move = pathMover(moved.step, moved.from);
  const moveAll = (paths: readonly string[]): readonly string[] => paths.flatMap((path) => move(path) ?? []);
  return {
    ...state,
    must_rerun: moveNames(state.must_rerun, move),
    ...(state.begun !== undefined && {
      begun: { ...state.begun, must_rerun: moveNames(state.begun.must_rerun, move) },
    }),
    renewed: new Map(movedEntries([...state.renewed], move)),
    stored: state.stored.map(({ concurrent_steps, ...archive }) => ({
      ...archive,
      ...(concurrent_steps && { concurrent_steps: moveAll(concurrent_steps) }),
    })),
    pending: state.pending.map((archive) => ({
      ...archive,
      covers: moveAll(archive.covers),
      concurrent_steps: moveAll(archive.concurrent_steps),
    })),
  };
};

type Move = (path: string) => string | undefined;

const moveNames = (names: ChainState['must_rerun'], move: Move): ChainState['must_rerun'] =>
  Object.fromEntries(movedEntries(Object.entries(names), move));

const movedEntries = <T>(entries: readonly (readonly [string, T])[], move: Move): readonly (readonly [string, T])[] =>
  entries.flatMap(([path, value]) => {
    const now = move(path);
    return now === undefined ? [] : [[now, value] as const];
  });
