import type { Json } from '../../base/stable-json.js';
import { pathBelow, type FallbackName } from '../../language/model/pipeline.js';
import { countProcesses } from '../../plan/plan.js';
import { listScope, withBindings } from '../../evaluate/step-context.js';
import type { AbortScope } from '../context/abort-scope.js';
import type { FallbackOwner, ListPlace, ListSum, Means } from '../context/run-context.js';

/** One fallback that fires. */
export type Firing = {
  readonly name: FallbackName;
  readonly scope: AbortScope;
  /** What its steps see as `failure`; absent where nothing has ended yet. */
  readonly failure?: Failure;
  /** Why it was ended early, in better words than those of the scope. */
  readonly endedBecause?: () => string | undefined;
};

/** The context `failure`, with nothing in it where the owner ended well. */
export type Failure = Readonly<Record<'step' | 'exit_code' | 'error' | 'status', Json>>;

/** Runs the steps of a fallback as a list of their own, between the event that claims it and the one that says how it ended. */
export const runFallback = async (
  owner: FallbackOwner,
  firing: Firing,
  { context, runList }: Means,
): Promise<ListSum> => {
  const { emit } = context.recorder;
  const { clock } = context.ports;
  const { name, endedBecause } = firing;
  const claim = { step: owner.path, fallback: name };
  const place = fallbackPlace(owner, firing);
  emit({ type: 'fallback_started', ...claim, to_run: countProcesses(place.list.steps) });
  const startedAt = clock.now();
  const { sum } = await runList(place, context);
  const error = sum.status === 'succeeded' ? undefined : (endedBecause?.() ?? sum.error);
  const duration_ms = clock.now() - startedAt;
  emit({ type: 'fallback_finished', ...claim, status: sum.status, duration_ms, ...(error !== undefined && { error }) });
  return { ...sum, ...(error !== undefined && { error }) };
};

/** Where the steps of a fallback stand: below its owner, seeing what the owner sees and the owner itself. */
export const fallbackPlace = (
  { path, fallbacks, place }: FallbackOwner,
  { name, scope, failure }: Pick<Firing, 'name' | 'scope' | 'failure'>,
): ListPlace => {
  const { items: _items, limit: _limit, ...around } = place;
  const list = listScope(pathBelow(path, name), fallbacks[name] ?? [], place.list);
  return {
    ...around,
    list: failure === undefined ? list : withBindings(list, { failure }, { failure }),
    scope,
    anew: 'a fallback',
    isFallback: true,
  };
};
