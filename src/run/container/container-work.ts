import type { Result } from '../../base/result.js';
import type { Template } from '../../language/model/pipeline.js';
import type { StepScope } from '../../evaluate/step-context.js';
import type { Choice } from '../../state/run-state.js';
import type { AbortScope } from '../context/abort-scope.js';
import type { Both, ListEnding, StepSite, RunContext, StepStart } from '../context/run-context.js';

/** A container about to begin, in the environment that it declares. */
export type OpenContainer = {
  readonly path: string;
  readonly start: StepStart;
  /** The place of the container itself, but with what its env adds. */
  readonly site: StepSite;
  /** Where its own expressions are evaluated. */
  readonly scopes: Both<StepScope>;
};

/** How the steps of a container ended; `place` is that of the list that its outputs see. */
export type RanList = ListEnding & { readonly site: StepSite };

/** What a container does once it has begun. */
export type ContainerWork = {
  /** Digest of the values that it depends on, for its own fingerprint. */
  readonly values: string;
  /** What it chose in an earlier run attempt stands. */
  readonly keepsChoice: boolean;
  /** Records what it has chosen; right after its start. */
  readonly tell?: () => void;
  /** Runs its steps. The scope is bounded by the time of the container. */
  readonly run: (scope: AbortScope) => Promise<RanList>;
  readonly outputs: Readonly<Record<string, Template>>;
  /** Of a called pipeline: where its own steps run. */
  readonly inner?: StepSite;
};

/** Why a container does not begin: it fails, or it takes no arm, which skips it. */
export type Unready =
  | { readonly kind: 'fails'; readonly status: 'failed' | 'errored'; readonly error: string }
  | { readonly kind: 'skips'; readonly because: string };

/** What a container is going to do, evaluated before it starts. */
export type Prepared = Result<ContainerWork, Unready>;

/** A container whose expression has no value. */
export const fails = (error: string): Unready => ({ kind: 'fails', status: 'failed', error });

/** What the plan keeps of the choice of a container; undefined where it chooses anew. */
export const plannedChoice = ({ path, site }: OpenContainer, { plan }: RunContext): Choice | undefined =>
  site.runBecause === undefined ? plan.choices.get(path) : undefined;

/** The place of a list whose steps all run, since what the container had chosen does not stand. */
export const rechosenSite = ({ site, start }: OpenContainer): StepSite => ({
  ...site,
  runBecause: site.runBecause ?? start.decision.because,
});
