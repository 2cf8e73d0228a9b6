import type { Json } from '../../base/stable-json.js';
import { pathBelow, type FallbackName } from '../../language/model/pipeline.js';
import { countProcesses } from '../../plan/plan.js';
import { listScope, withBindings } from '../../evaluate/context/step-context.js';
import type { AbortScope } from '../context/abort-scope.js';
import type { FallbackOwner, StepSite, ListSum, Engine } from '../context/run-context.js';

/** A fallback to fire, and how. */
export type Firing = {
  readonly name: FallbackName;
  readonly scope: AbortScope;
  /** The context `failure` of its steps; absent if the owner has not ended yet. */
  readonly failure?: Failure;
  /** Why it was ended early, in clearer words than the scope's cause. */
  readonly endedBecause?: () => string | undefined;
};

/** The context `failure`; all its values are null if the owner succeeded. */
export type Failure = Readonly<Record<'step' | 'exit_code' | 'error' | 'status', Json>>;

/** Runs the steps of a fallback as a list, between the events that claim the fallback and record its end. */
export const runFallback = async (
  owner: FallbackOwner,
  firing: Firing,
  { context, runList }: Engine,
): Promise<ListSum> => {
  const { emit } = context.recorder;
  const { clock } = context.ports;
  const { name, endedBecause } = firing;
  const claim = { step: owner.path, fallback: name };
  const site = fallbackSite(owner, firing);
  emit({ type: 'fallback_started', ...claim, to_run: countProcesses(site.list.steps) });
  const startedAt = clock.now();
  const { sum } = await runList(site, context);
  const error = sum.status === 'succeeded' ? undefined : (endedBecause?.() ?? sum.error);
  const duration_ms = clock.now() - startedAt;
  emit({ type: 'fallback_finished', ...claim, status: sum.status, duration_ms, ...(error !== undefined && { error }) });
  return { ...sum, ...(error !== undefined && { error }) };
};

/** The site of a fallback's steps: below its owner; they see the owner and everything the owner sees. */
export const fallbackSite = (
  { path, fallbacks, site }: FallbackOwner,
  { name, scope, failure }: Pick<Firing, 'name' | 'scope' | 'failure'>,
): StepSite => {
  const { items: _items, limit: _limit, ...around } = site;
  const list = listScope(pathBelow(path, name), fallbacks[name] ?? [], site.list);
  return {
    ...around,
    list: failure === undefined ? list : withBindings(list, { failure }, { failure }),
    scope,
    runBecause: 'a fallback',
    isFallback: true,
  };
};
