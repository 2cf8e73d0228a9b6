import type { ChainState, MovedItems } from './chain-state.js';

/** The chain once items have other places: what it says of an item moves along, and of one that is no more it is forgotten. */
export const moveInChain = (state: ChainState, moved: MovedItems): ChainState => {
  const move = pathMover(moved);
  const moveAll = (paths: readonly string[]): readonly string[] => paths.flatMap(move);
  return {
    ...state,
    unkept: moveNames(state.unkept, move),
    ...(state.begun !== undefined && { begun: { ...state.begun, unkept: moveNames(state.begun.unkept, move) } }),
    renewed: new Map([...state.renewed].flatMap(([path, index]) => move(path).map((now) => [now, index]))),
    stored: state.stored.map(({ beside, ...archive }) => ({ ...archive, ...(beside && { beside: moveAll(beside) }) })),
    pending: state.pending.map((archive) => ({
      ...archive,
      stands_for: moveAll(archive.stands_for),
      beside: moveAll(archive.beside),
    })),
  };
};

/** Gives the new path, as a list of one; an empty list for what is no more. */
type Move = (path: string) => readonly [] | readonly [string];

const pathMover = ({ step, from }: MovedItems): Move => {
  const places = new Map(from.flatMap((old, index) => (old === null ? [] : [[old, index]])));
  const start = `${step}[`;
  return (path) => {
    const end = path.startsWith(start) ? path.indexOf(']', start.length) : -1;
    if (end === -1) return [path];
    const place = places.get(Number(path.slice(start.length, end)));
    return place === undefined ? [] : [`${start}${String(place)}${path.slice(end)}`];
  };
};

const moveNames = (names: ChainState['unkept'], move: Move): ChainState['unkept'] =>
  Object.fromEntries(Object.entries(names).flatMap(([path, because]) => move(path).map((now) => [now, because])));
