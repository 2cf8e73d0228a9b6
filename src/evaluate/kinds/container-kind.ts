import type { Json } from '../../base/stable-json.js';
import type { Result } from '../../base/result.js';
import type { Scope } from '../../expressions/evaluate.js';
import type { ContainerStep, Step } from '../../language/model/pipeline.js';
import type { Choice } from '../../state/run-state.js';
import type { Both, Env, Problems, Site, Sources } from '../context/site.js';
import type { StepScope } from '../context/step-context.js';

/** A list of steps that runs, and the path its steps stand below. */
export type InnerList = { readonly path: string; readonly steps: readonly Step[] };

/** A list that may run once its container has chosen, and on what that depends: `if "then" is taken`. */
export type OpenList = InnerList & { readonly because: string };

/** What planning, running and fingerprints need to know of one kind of container. */
export type ContainerKind<S extends ContainerStep> = {
  /** What of its definition, beside its kind, belongs to its fingerprint. */
  readonly definition: (step: S) => readonly Json[];
  /** The one list that it runs, as far as it has chosen; undefined where nothing is chosen. */
  readonly list: (step: S, path: string, choice: Choice | undefined) => InnerList | undefined;
  /** How it chooses which steps it runs; absent for kinds that run all they hold. */
  readonly choosing?: ChoosingKind<S>;
  /** What its list has instead of what stands around the container; absent for kinds whose list takes that over. */
  readonly enter?: (step: S, own: OwnSite, sources: Sources) => EnteredList;
};

/** A container in the env that it declares. */
export type OwnSite = {
  readonly path: string;
  readonly site: Site;
  /** Where its own expressions are evaluated. */
  readonly scopes: Both<StepScope>;
};

/** The list of a container that brings values and env of its own. */
export type EnteredList = {
  readonly inner: Pick<Site, 'list' | 'frames' | 'env' | 'values'>;
  readonly problems: Problems;
  /** The env that it declares, as steps see it. */
  readonly declared: Env;
};

/** How a kind of container chooses. */
export type ChoosingKind<S extends ContainerStep> = {
  /** What its expression reads, each name with its value; `hashFiles` is left out. */
  readonly reads: (step: S, scope: Scope) => Json;
  /** Whether it can choose before it has run anything: an error where its expression has no value. */
  readonly canChoose: (step: S, scope: Scope) => Result<unknown>;
  /** The lists that it may run. */
  readonly openLists: (step: S, path: string) => readonly OpenList[];
  /** Why it takes none of its lists, if it does; `before` is the reason recorded when it last took none. */
  readonly takesNone?: (step: S, scope: Scope, before: string) => string | undefined;
  /** The items whose list its choice follows. */
  readonly items?: (step: S, scope: Scope) => Result<readonly Json[]>;
};
