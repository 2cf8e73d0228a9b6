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

/** A container in the env that it declares, before it has chosen which of its steps run. */
export type EnteredContainer<S extends Site> = {
  readonly path: string;
  /** Why its env, its inputs or the env of a called file have no value. */
  readonly problems: Problems;
  /** The site of the container itself, with its env. */
  readonly site: S;
  /** Where its own expressions are evaluated. */
  readonly scopes: Both<StepScope>;
  /** Digest of what it depends on by itself, for its fingerprint. */
  readonly values: string;
  /** What its list takes over; the list itself only where the container brings one of its own. */
  readonly inner: S;
  /** Every env declared on the way in, as steps see it. */
  readonly declared: readonly Env[];
};

/**
 * Enters a container: evaluates its env, what its expression reads, and the inputs of a call. Planning, running and
 * rebuilding after a crash all come this way, so that they agree on what a step sees and on its fingerprint.
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

/** What differs for each item of a fan-out: its own list, and the digest of the values it depends on. */
export type ItemSite = Pick<Site, 'list' | 'values'>;

/** The list inside a container. `items`, by position, stand in place of the list and the values it takes over. */
export type ListSite<S extends Site> = S & { readonly items?: readonly ItemSite[] };

/** What a container chose. `live` has its items as steps see them, where what is stored of them hides secrets. */
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
