import { invariant } from '../base/assert.js';
import type { RunEvent } from './event.js';
import type { Choice, RunState, StepRecord } from './run-state.js';

type ArmChosen = Extract<RunEvent, { readonly type: 'arm_chosen' }>;
type LoopDecided = Extract<RunEvent, { readonly type: 'loop_decided' }>;
type ItemsListed = Extract<RunEvent, { readonly type: 'items_listed' }>;

/** Takes the choice of an arm into the state; what ran in another arm before is no part of the run any more. */
export const chooseArm = (state: RunState, { step, arm }: ArmChosen): void => {
  const before = chosenBefore(state, step);
  if (before?.kind === 'arm' && before.arm !== arm)
    keepBelow(state, step, (rest) => !rest.startsWith(`/${before.arm}/`));
  choose(state, step, { kind: 'arm', arm });
};

/** Takes the decision of a loop into the state; iterations beyond it, of an earlier run attempt, are forgotten. */
export const decideLoop = (state: RunState, { step, iteration, goes_on }: LoopDecided): void => {
  const count = goes_on ? iteration + 1 : iteration;
  const before = chosenBefore(state, step);
  if (before?.kind === 'iterations' && before.count > count) keepBelow(state, step, (rest) => indexIn(rest) < count);
  choose(state, step, { kind: 'iterations', count, isOver: !goes_on });
};

/** Takes the list of a fan-out into the state; what is known of an item moves along with it. */
export const listItems = (state: RunState, { step, items, from, withheld }: ItemsListed): void => {
  const before = chosenBefore(state, step);
  if (before?.kind === 'items' && !isInPlace(before.items.length, from)) {
    moveItems(state.steps, step, from ?? []);
    moveFallbacks(state, step, from ?? []);
  }
  choose(state, step, { kind: 'items', items, isWithheld: withheld === true });
};

type From = readonly (number | null)[];

const isInPlace = (count: number, from: From | undefined): boolean =>
  from?.length === count && from.every((old, index) => old === index);

/**
 * Gives the records of items the places that the items have now: `from` says for each item its index before, null for
 * a new one. Records of items that are no more are forgotten.
 */
export const moveItems = (steps: Map<string, StepRecord>, step: string, from: From): void => {
  const newPath = mover(step, from);
  const all = [...steps];
  steps.clear();
  for (const [path, record] of all) {
    const place = newPath(path);
    if (place !== undefined) steps.set(place, place === path ? record : movedRecord(record, place));
  }
};

const moveFallbacks = ({ fallbacks }: RunState, step: string, from: From): void => {
  const newPath = mover(step, from);
  const all = [...fallbacks];
  fallbacks.clear();
  for (const [path, record] of all) {
    const [place, owner] = [newPath(path), newPath(record.owner)];
    if (place !== undefined && owner !== undefined) fallbacks.set(place, { ...record, owner });
  }
};

/** The new path of what is an item or in one, undefined where the item is no more; other paths stay. */
const mover = (step: string, from: From): ((path: string) => string | undefined) => {
  const places = new Map<number, number>();
  from.forEach((old, index) => {
    if (old !== null) places.set(old, index);
  });
  const prefix = `${step}[`;
  return (path) => {
    if (!path.startsWith(prefix)) return path;
    const rest = path.slice(step.length);
    const place = places.get(indexIn(rest));
    return place === undefined ? undefined : `${prefix}${String(place)}${rest.slice(rest.indexOf(']'))}`;
  };
};

const movedRecord = (record: StepRecord, path: string): StepRecord => ({
  ...record,
  path,
  ...(path !== record.path && { ranAs: record.ranAs ?? record.path }),
  ...(record.basis !== undefined && { basis: movedRecord(record.basis, path) }),
});

/** The number in `[2]/x`; of what is no iteration or item, one that is before all. */
const indexIn = (rest: string): number => {
  const found = /^\[(\d+)\]/.exec(rest)?.[1];
  return found === undefined ? -1 : Number(found);
};

const keepBelow = (state: RunState, step: string, isKept: (rest: string) => boolean): void => {
  const isGone = (path: string): boolean =>
    path.startsWith(step) && /^[/[]/.test(path.slice(step.length)) && !isKept(path.slice(step.length));
  for (const path of [...state.steps.keys()].filter(isGone)) state.steps.delete(path);
  for (const [path, { owner }] of [...state.fallbacks]) if (isGone(owner)) state.fallbacks.delete(path);
};

/** What the records below a container stem from, also where it has begun to choose anew. */
const chosenBefore = (state: RunState, path: string): Choice | undefined => {
  const record = state.steps.get(path);
  return record?.choice ?? record?.formerChoice;
};

const choose = (state: RunState, path: string, choice: Choice): void => {
  const before = state.steps.get(path);
  invariant(before !== undefined, `"${path}" has started before it chooses`);
  const { formerChoice: _former, ...record } = before;
  state.steps.set(path, { ...record, choice });
};
