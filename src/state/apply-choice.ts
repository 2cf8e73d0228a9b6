import { invariant } from '../base/assert.js';
import { isWithin } from '../language/model/pipeline.js';
import { forgetWhere } from './apply-fallback.js';
import type { RunEvent } from './event.js';
import { pathMover, type ItemOrigins } from './moved-path.js';
import type { Choice, RunState, StepRecord } from './run-state.js';

type ArmChosen = Extract<RunEvent, { readonly type: 'arm_chosen' }>;
type LoopDecided = Extract<RunEvent, { readonly type: 'loop_decided' }>;
type ItemsListed = Extract<RunEvent, { readonly type: 'items_listed' }>;

/** Applies the choice of an arm; records of a previously chosen arm are dropped. */
export const chooseArm = (state: RunState, { step, arm }: ArmChosen): void => {
  const before = chosenBefore(state, step);
  if (before?.kind === 'arm' && before.arm !== arm)
    keepBelow(state, step, (rest) => !rest.startsWith(`/${before.arm}/`));
  choose(state, step, { kind: 'arm', arm });
};

/** Applies the decision of a loop; later iterations of an earlier run attempt are dropped. */
export const decideLoop = (state: RunState, { step, iteration, goes_on }: LoopDecided): void => {
  const count = goes_on ? iteration + 1 : iteration;
  const before = chosenBefore(state, step);
  if (before?.kind === 'iterations' && before.count > count) keepBelow(state, step, (rest) => indexIn(rest) < count);
  choose(state, step, { kind: 'iterations', count, isOver: !goes_on });
};

/** Applies the list of a fan-out; records of an item move with it. */
export const listItems = (state: RunState, { step, items, from = [], withheld }: ItemsListed): void => {
  const before = chosenBefore(state, step);
  if (before?.kind === 'items' && !isInPlace(before.items.length, from)) moveItems(state, step, from);
  choose(state, step, { kind: 'items', items, isWithheld: withheld === true });
};

const isInPlace = (count: number, from: ItemOrigins): boolean =>
  from.length === count && from.every((old, index) => old === index);

/**
 * Moves the records of items to their new indexes: `from` gives each item's previous index, null for a new item. Records of
 * removed items are dropped.
 */
export const moveItems = (
  { steps, fallbacks }: Pick<RunState, 'steps' | 'fallbacks'>,
  step: string,
  from: ItemOrigins,
): void => {
  const newPath = pathMover(step, from);
  replaceAll(steps, (record, path) => {
    const moved = newPath(path);
    return moved === undefined ? undefined : [moved, moved === path ? record : movedRecord(record, moved)];
  });
  replaceAll(fallbacks, (record, path) => {
    const [moved, owner] = [newPath(path), newPath(record.owner)];
    return moved === undefined || owner === undefined
      ? undefined
      : [moved, { ...record, owner, steps: record.steps.flatMap((step) => newPath(step) ?? []) }];
  });
};

const replaceAll = <T>(
  map: Map<string, T>,
  replaced: (value: T, key: string) => readonly [string, T] | undefined,
): void => {
  const entries = [...map];
  map.clear();
  for (const [key, value] of entries) {
    const entry = replaced(value, key);
    if (entry !== undefined) map.set(...entry);
  }
};

const movedRecord = (record: StepRecord, path: string): StepRecord => ({
  ...record,
  path,
  ...(path !== record.path && { ranAs: record.ranAs ?? record.path }),
  ...(record.lastFinish !== undefined && { lastFinish: movedRecord(record.lastFinish, path) }),
});

/** The number in `[2]/x`; -1 for paths without one. */
const indexIn = (rest: string): number => {
  const found = /^\[(\d+)\]/.exec(rest)?.[1];
  return found === undefined ? -1 : Number(found);
};

const keepBelow = (state: RunState, step: string, isKept: (rest: string) => boolean): void => {
  forgetWhere(state, (path) => path !== step && isWithin(path, step) && !isKept(path.slice(step.length)));
};

/** The choice that the records below a container belong to, even while it is choosing again. */
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
