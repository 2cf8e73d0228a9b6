import type { RunState } from '../../state/run-state.js';
import { stepLook, type StepLook } from './step-look.js';
import { stepTree } from './step-tree.js';

const ORDER: readonly StepLook[] = [
  'failed',
  'aborted',
  'interrupted',
  'running',
  'waiting',
  'tolerated',
  'succeeded',
  'kept',
  'skipped',
];

/** The number of steps by look, and the time the kept ones had taken. Containers and steps of fallbacks are not counted. */
export type StepCounts = {
  readonly total: number;
  readonly byLook: ReadonlyMap<StepLook, number>;
  readonly savedMs: number;
};

/** Counts the steps of a run; `live` while a process is working on it. */
export const countLooks = (state: RunState, live = false): StepCounts => {
  const byLook = new Map<StepLook, number>();
  let total = 0;
  let savedMs = 0;
  for (const { record, isContainer } of stepTree(state)) {
    if (isContainer) continue;
    const look = stepLook(record, state, live);
    byLook.set(look, (byLook.get(look) ?? 0) + 1);
    total += 1;
    if (look === 'kept') savedMs += record.durationMs;
  }
  return { total, byLook, savedMs };
};

/** The counts in words: `7 steps: 1 failed, 4 succeeded, 2 kept`. */
export const countsText = (state: RunState, live = false): string => {
  const { total, byLook } = countLooks(state, live);
  const parts = ORDER.flatMap((look) => {
    const count = byLook.get(look) ?? 0;
    return count > 0 ? [`${String(count)} ${look}`] : [];
  });
  return parts.length > 0 ? `${plural(total, 'step')}: ${parts.join(', ')}` : 'no steps';
};

/** `1 step`, `2 steps`. */
export const plural = (count: number, noun: string): string => `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
