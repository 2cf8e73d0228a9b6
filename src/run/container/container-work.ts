import { shortDigest } from '../../base/hash.js';
import type { Result } from '../../base/result.js';
import { calledBy, type ContainerStep, type Template } from '../../language/model/pipeline.js';
import { innerSite, type Chosen, type EnteredContainer } from '../../evaluate/enter-container.js';
import type { Choice } from '../../state/run-state.js';
import type { AbortScope } from '../context/abort-scope.js';
import type { Engine, ListEnding, RunContext, StepSite, StepStart } from '../context/run-context.js';

/** A container about to begin, with the env it declares. */
export type OpenContainer = EnteredContainer<StepSite> & { readonly start: StepStart };

/** How the steps of a container ended; `site` belongs to the list that its outputs see. */
export type RanList = ListEnding & { readonly site: StepSite };

/** The work of a container that has begun. */
export type ContainerWork = {
  /** It keeps its choice from an earlier run attempt. */
  readonly keepsChoice: boolean;
  /** Records its choice, right after its start. */
  readonly tell?: () => void;
  /** Runs its steps. The container's timeout stops the scope. */
  readonly run: (scope: AbortScope) => Promise<RanList>;
  readonly outputs: Readonly<Record<string, Template>>;
};

/** Why a container does not begin: it fails, or no arm is chosen and it is skipped. */
export type Unready =
  | { readonly kind: 'fails'; readonly status: 'failed' | 'errored'; readonly error: string }
  | { readonly kind: 'skips'; readonly because: string };

/** The work of a container, evaluated before it starts, or why it does not begin. */
export type Prepared = Result<ContainerWork, Unready>;

/** Decides which steps a kind of container runs, before it starts. */
export type Prepare<S extends ContainerStep> = (step: S, open: OpenContainer, engine: Engine) => Prepared;

/** A container whose expression cannot be evaluated. */
export const fails = (error: string): Unready => ({ kind: 'fails', status: 'failed', error });

/** The part of a container's choice that the plan keeps; undefined: it chooses again. */
export const plannedChoice = ({ path, site }: OpenContainer, { plan }: RunContext): Choice | undefined =>
  site.runBecause === undefined ? plan.choices.get(path) : undefined;

/** The container with all steps of its list set to run, because its earlier choice is not kept. */
export const rechosen = (open: OpenContainer): OpenContainer => ({
  ...open,
  inner: { ...open.inner, runBecause: open.inner.runBecause ?? open.start.decision.because },
});

/** The site of a container's list, after its choice. The steps of a called file have a separate work directory. */
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
 * The folder of a call below `calls/`: its path with dots between the segments (ids contain no dots), and with a digest
 * where that is not a valid file name.
 */
export const callFolder = (path: string): string => {
  const name = path.replaceAll(/[/[]/g, '.').replaceAll(']', '');
  if (name.length <= LONGEST_NAME && /^[\w.-]+$/.test(name)) return name;
  return `${name.replaceAll(/[^\w.-]+/g, '-').slice(0, LONGEST_NAME)}.${shortDigest(path)}`;
};
