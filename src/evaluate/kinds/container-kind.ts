import type { Json } from '../../base/stable-json.js';
import type { Result } from '../../base/result.js';
import type { Scope } from '../../expressions/evaluate.js';
import type { ContainerStep, Step } from '../../language/model/pipeline.js';
import type { Choice } from '../../state/run-state.js';
import type { Both, Env, Problems, Site, Sources } from '../context/site.js';
import type { StepScope } from '../context/step-context.js';

/** A list of steps that runs, and the parent path of its steps. */
export type InnerList = { readonly path: string; readonly steps: readonly Step[] };

/** A list that may run once its container has chosen, and the condition for it: `if "then" is taken`. */
export type OpenList = InnerList & { readonly because: string };

/** How planning, running and fingerprints treat one kind of container. */
export type ContainerKind<S extends ContainerStep> = {
  /** The parts of its definition, besides its kind, that belong to its fingerprint. */
  readonly definition: (step: S) => readonly Json[];
  /** The list that it runs, as far as it has chosen; undefined if nothing is chosen. */
  readonly list: (step: S, path: string, choice: Choice | undefined) => InnerList | undefined;
  /** How it chooses which steps it runs; absent for kinds that run all their steps. */
  readonly choosing?: ChoosingKind<S>;
  /** Enters its list, env and values; absent for kinds whose list inherits those around the container. */
  readonly enter?: (step: S, own: OwnSite, sources: Sources) => EnteredList;
};

/** A container with its declared env applied. */
export type OwnSite = {
  readonly path: string;
  readonly site: Site;
  /** The scopes of its own expressions. */
  readonly scopes: Both<StepScope>;
};

/** The list of a container that has its own values and env. */
export type EnteredList = {
  readonly inner: Pick<Site, 'list' | 'frames' | 'env' | 'values'>;
  readonly problems: Problems;
  /** The env that it declares, as steps see it. */
  readonly declared: Env;
};

/** How a kind of container chooses. */
export type ChoosingKind<S extends ContainerStep> = {
  /** The names that its expression reads, with their values; `hashFiles` is left out. */
  readonly reads: (step: S, scope: Scope) => Json;
  /** Whether it can choose before it has run anything: an error if its expression has no value. */
  readonly canChoose: (step: S, scope: Scope) => Result<unknown>;
  /** The lists that it may run. */
  readonly openLists: (step: S, path: string) => readonly OpenList[];
  /** Why it takes none of its lists; undefined if it may take one. `before` is the reason recorded last time. */
  readonly takesNone?: (step: S, scope: Scope, before: string) => string | undefined;
  /** The items to run, for a kind whose choice follows a list. */
  readonly items?: (step: S, scope: Scope) => Result<readonly Json[]>;
};
