import {
  FALLBACK_NAMES,
  isContainer,
  pathBelow,
  stepPath,
  type FallbackName,
  type Fallbacks,
  type Pipeline,
  type Step,
} from '../../language/model/pipeline.js';
import { calledFallbacks } from '../../evaluate/kinds/kinds.js';
import { recordedList } from '../../evaluate/inner-list.js';
import type { RunState, StepRecord } from '../../state/run-state.js';

/** A list of steps as far as it ran, and its parent. */
export type RecordedList = { readonly path: string; readonly steps: readonly Step[]; readonly stand: Stand };

/** The parent of a list: none at the top, a container, or a fallback. */
export type Stand =
  | { readonly kind: 'top' }
  | { readonly kind: 'body'; readonly holder: RecordedStep }
  | { readonly kind: 'fallback'; readonly owner: RecordedOwner; readonly name: FallbackName };

/** A step with a record, and its index in its list. */
export type RecordedStep = {
  readonly step: Step;
  readonly path: string;
  readonly list: RecordedList;
  readonly index: number;
};

/** The owner of fallbacks: the pipeline, a step, or the file that a step calls (which shares the step's record). */
export type RecordedOwner = {
  readonly path: string;
  readonly fallbacks: Fallbacks;
  readonly of: { readonly body: RecordedList; readonly step?: RecordedStep } | { readonly step: RecordedStep };
};

/** Pending cleanup of an attempt that was interrupted or out of time; innermost first, the pipeline last. */
export type PendingCleanup = {
  /** Steps that were running when it was interrupted. */
  readonly running: readonly string[];
  readonly pendingFallbacks: readonly { readonly owner: RecordedOwner; readonly names: readonly FallbackName[] }[];
  /** Running steps that the pipeline no longer has. */
  readonly gone: readonly string[];
};

/**
 * The pending cleanup of the latest attempt of a run: `on_abortion` and `finally` of interrupted owners, and `finally`
 * of owners that ended without it. Fallbacks that have begun are excluded; after `late_abortion` all of them are.
 * Undefined: the attempt has ended and no cleanup is pending.
 */
export const pendingCleanup = (pipeline: Pipeline, state: RunState): PendingCleanup | undefined => {
  const isOpen = state.status === 'running';
  if (state.isCleanedUpLate) return isOpen ? { running: [], pendingFallbacks: [], gone: [] } : undefined;
  if (!isOpen && state.status !== 'aborted') return undefined;
  const owners = allOwners(pipeline, state);
  const pendingFallbacks = owners
    .map((owner) => ({ owner, names: pendingNames(owner, state) }))
    .filter(({ names }) => names.length > 0);
  if (!isOpen && pendingFallbacks.length === 0) return undefined;
  const known = owners.flatMap((owner) => (isFile(owner) ? [] : [owner.path]));
  const running = [...state.steps.values()].filter((record) => isRunning(record, state)).map(({ path }) => path);
  const there = new Set(known);
  const gone = running.filter((path) => !there.has(path));
  const wanted = new Set(running);
  return { running: [...gone, ...known.filter((path) => wanted.has(path))], pendingFallbacks, gone };
};

const isFile = ({ of }: RecordedOwner): boolean => 'body' in of;

const isRunning = ({ status, runAttempt }: StepRecord, { attempt }: RunState): boolean =>
  status === 'running' && runAttempt === attempt;

const allOwners = (pipeline: Pipeline, state: RunState): readonly RecordedOwner[] => {
  const top: RecordedList = { path: '', steps: pipeline.steps, stand: { kind: 'top' } };
  const owner = { path: '', fallbacks: pipeline.fallbacks, of: { body: top } };
  return [...ownersIn(top, state), ...withFired(owner, state)];
};

const ownersIn = (list: RecordedList, state: RunState): readonly RecordedOwner[] =>
  list.steps.flatMap((step, index) => {
    const path = stepPath(list.path, step);
    if (!state.steps.has(path)) return [];
    const at: RecordedStep = { step, path, list, index };
    return [...ownersInside(at, state), ...withFired({ path, fallbacks: step.fallbacks, of: { step: at } }, state)];
  });

const ownersInside = (at: RecordedStep, state: RunState): readonly RecordedOwner[] => {
  const { step, path } = at;
  const inner = isContainer(step) ? recordedList(step, path, (each) => state.steps.get(each)) : undefined;
  if (inner === undefined) return [];
  const body: RecordedList = { ...inner, stand: { kind: 'body', holder: at } };
  const inside = ownersIn(body, state);
  const called = calledFallbacks(step, path);
  return called === undefined ? inside : [...inside, ...withFired({ ...called, of: { body, step: at } }, state)];
};

/** An owner, preceded by the owners inside its fallbacks that have fired. */
const withFired = (owner: RecordedOwner, state: RunState): readonly RecordedOwner[] => [
  ...FALLBACK_NAMES.flatMap((name) => {
    const path = pathBelow(owner.path, name);
    const steps = state.fallbacks.has(path) ? owner.fallbacks[name] : undefined;
    return steps === undefined ? [] : ownersIn({ path, steps, stand: { kind: 'fallback', owner, name } }, state);
  }),
  owner,
];

const pendingNames = (owner: RecordedOwner, state: RunState): readonly FallbackName[] => {
  const { of } = owner;
  const record = of.step === undefined ? undefined : state.steps.get(of.step.path);
  if (of.step !== undefined && !(record?.runAttempt === state.attempt && ENDINGS.includes(record.status))) return [];
  const wasCut = record === undefined || record.status === 'running' || record.status === 'aborted';
  const hasFired = (name: FallbackName): boolean =>
    state.fallbacks.get(pathBelow(owner.path, name))?.runAttempt === state.attempt;
  const isPending = (name: FallbackName): boolean => owner.fallbacks[name] !== undefined && !hasFired('finally');
  return [
    ...(wasCut && isPending('on_abortion') && !BEFORE_FINALLY.some(hasFired) ? (['on_abortion'] as const) : []),
    ...(isPending('finally') ? (['finally'] as const) : []),
  ];
};

/** Statuses with closing fallbacks, for steps that began in the attempt; skipped and waiting steps have none. */
const ENDINGS: readonly string[] = ['running', 'succeeded', 'failed', 'timed_out', 'errored', 'aborted'];

/** Exactly one of them can fire when an owner ends. */
const BEFORE_FINALLY: readonly FallbackName[] = ['on_success', 'on_failure', 'on_abortion'];
