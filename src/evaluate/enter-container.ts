import { stepPath, type ContainerStep } from '../language/model/pipeline.js';
import type { Json } from '../base/stable-json.js';
import type { Choice } from '../state/run-state.js';
import { valuesDigest } from './context/digests.js';
import {
  ALL_WELL,
  evaluateBoth,
  firstProblems,
  scopesAt,
  withEnv,
  type Both,
  type Env,
  type Problems,
  type Site,
  type Sources,
} from './context/site.js';
import { listScope, withBindings, type ListScope, type StatusView, type StepScope } from './context/step-context.js';
import { innerList } from './inner-list.js';
import { containerKind } from './kinds/kinds.js';

/** A container with its declared env applied, before it has chosen which of its steps run. */
export type EnteredContainer<S extends Site> = {
  readonly path: string;
  /** Why its env, its inputs or the env of a called file have no value. */
  readonly problems: Problems;
  /** The site of the container itself, with its env. */
  readonly site: S;
  /** The scopes of its own expressions. */
  readonly scopes: Both<StepScope>;
  /** Digest of the values it depends on, for its fingerprint. */
  readonly values: string;
  /** The site its list inherits; `list` is its own only for kinds with `enter`. */
  readonly inner: S;
  /** Every env declared on the way in, as steps see it. */
  readonly declared: readonly Env[];
};

/**
 * Enters a container: evaluates its env, the values its expression reads, and the inputs of a call. Planning, running
 * and rebuilding after a crash all use it, so that they agree on the values a step sees and on its fingerprint.
 */
export const enterContainer = <S extends Site>(
  step: ContainerStep,
  outer: S,
  { sources, status = ALL_WELL }: { readonly sources: Sources; readonly status?: StatusView },
): EnteredContainer<S> => {
  const view = { step, status };
  const own = evaluateBoth(step.env, scopesAt(outer, view, sources));
  const site = withEnv(outer, own.env);
  const scopes = scopesAt(site, view, sources);
  const path = stepPath(site.list.path, step);
  const kind = containerKind(step);
  const entered = kind.enter?.(step, { path, site, scopes }, sources);
  const read = kind.choosing?.reads(step, scopes.recorded);
  return {
    path,
    site,
    scopes,
    problems: entered === undefined ? own.problems : firstProblems(own.problems, entered.problems),
    values: entered?.inner.values ?? (read === undefined ? site.values : valuesDigest(site.values, read)),
    inner: { ...site, ...entered?.inner },
    declared: entered === undefined ? [own.env.live] : [own.env.live, entered.declared],
  };
};

/** The parts of a site that differ for each item of a fan-out: its list, and the digest of its values. */
export type ItemSite = Pick<Site, 'list' | 'values'>;

/** The site of the list inside a container. `items`, by position, replace its list and values. */
export type ListSite<S extends Site> = S & { readonly items?: readonly ItemSite[] };

/** The choice of a container. `live` has its items as steps see them, if the stored ones hide secrets. */
export type Chosen = { readonly choice: Choice | undefined; readonly live?: readonly Json[] };

/** The list that a container runs, once it has chosen; an empty one before. */
export const innerSite = <S extends Site>(
  step: ContainerStep,
  { path, inner }: Pick<EnteredContainer<S>, 'path' | 'inner'>,
  { choice, live }: Chosen,
): ListSite<S> => {
  if (containerKind(step).enter !== undefined) return inner;
  const chosen = innerList(step, path, choice) ?? { path, steps: [] };
  const list = listScope(chosen.path, chosen.steps, inner.list);
  if (choice?.kind !== 'items') return { ...inner, list };
  const items = { live: live ?? choice.items, recorded: choice.items };
  return { ...inner, list, items: itemSites(list, items, inner.values) };
};

const itemSites = (list: ListScope, { live, recorded }: Both<readonly Json[]>, values: string): readonly ItemSite[] =>
  recorded.map((item, index) => ({
    list: withBindings(list, { item: live[index] ?? null, index }, { item, index }),
    values: valuesDigest(values, item),
  }));
