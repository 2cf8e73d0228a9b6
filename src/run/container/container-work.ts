import { shortDigest } from '../../base/hash.js';
import type { Result } from '../../base/result.js';
import { calledBy, type ContainerStep, type Template } from '../../language/model/pipeline.js';
import { innerSite, type Chosen, type EnteredContainer } from '../../evaluate/enter-container.js';
import type { Choice } from '../../state/run-state.js';
import type { AbortScope } from '../context/abort-scope.js';
import type { Engine, ListEnding, RunContext, StepSite, StepStart } from '../context/run-context.js';

/** A container about to begin, in the environment that it declares. */
export type OpenContainer = EnteredContainer<StepSite> & { readonly start: StepStart };

/** How the steps of a container ended; `site` is that of the list that its outputs see. */
export type RanList = ListEnding & { readonly site: StepSite };

/** What a container does once it has begun. */
export type ContainerWork = {
  /** Its choice from an earlier run attempt stands. */
  readonly keepsChoice: boolean;
  /** Records what it has chosen; right after its start. */
  readonly tell?: () => void;
  /** Runs its steps. The scope is bounded by the time of the container. */
  readonly run: (scope: AbortScope) => Promise<RanList>;
  readonly outputs: Readonly<Record<string, Template>>;
};

/** Why a container does not begin: it fails, or it takes no arm, which skips it. */
export type Unready =
  | { readonly kind: 'fails'; readonly status: 'failed' | 'errored'; readonly error: string }
  | { readonly kind: 'skips'; readonly because: string };

/** What a container is going to do, evaluated before it starts. */
export type Prepared = Result<ContainerWork, Unready>;

/** Evaluates what decides which steps a kind of container runs, before it starts. */
export type Prepare<S extends ContainerStep> = (step: S, open: OpenContainer, engine: Engine) => Prepared;

/** A container whose expression has no value. */
export const fails = (error: string): Unready => ({ kind: 'fails', status: 'failed', error });

/** What the plan keeps of the choice of a container; undefined where it chooses again. */
export const plannedChoice = ({ path, site }: OpenContainer, { plan }: RunContext): Choice | undefined =>
  site.runBecause === undefined ? plan.choices.get(path) : undefined;

/** The container with its list as one whose steps all run, since what it had chosen does not stand. */
export const rechosen = (open: OpenContainer): OpenContainer => ({
  ...open,
  inner: { ...open.inner, runBecause: open.inner.runBecause ?? open.start.decision.because },
});

/** Where the list of a container runs, once it has chosen. The steps of a called file have a work directory of their own. */
export const listSite = (
  step: ContainerStep,
  entered: Pick<EnteredContainer<StepSite>, 'path' | 'inner'>,
  chosen: Partial<Chosen> & { readonly context: RunContext },
): StepSite => {
  const site = innerSite(step, entered, { choice: undefined, ...chosen });
  const called = calledBy(step);
  if (called === undefined) return site;
  const workDir = `${chosen.context.environment.workDir}/calls/${callFolder(entered.path)}`;
  return { ...site, failure: called.failure, workDir };
};

const LONGEST_NAME = 100;

/**
 * The folder of a call below `calls/`: its path with dots between the segments, which no id holds; with a digest where
 * that does not fit a file name.
 */
export const callFolder = (path: string): string => {
  const name = path.replaceAll(/[/[]/g, '.').replaceAll(']', '');
  if (name.length <= LONGEST_NAME && /^[\w.-]+$/.test(name)) return name;
  return `${name.replaceAll(/[^\w.-]+/g, '-').slice(0, LONGEST_NAME)}.${shortDigest(path)}`;
};
