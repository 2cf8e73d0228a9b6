import type { Masker } from '../../base/mask.js';
import type { Json } from '../../base/stable-json.js';
import type { FailureMode, FallbackName, Fallbacks, Pipeline } from '../../language/model/pipeline.js';
import type { FrameLayer } from '../../evaluate/context/export-frame.js';
import type { Decision, Plan } from '../../plan/plan.js';
import type { ItemSite } from '../../evaluate/enter-container.js';
import type { Both, Site, Sources } from '../../evaluate/context/site.js';
import type { StatusView, StepScope } from '../../evaluate/context/step-context.js';
import type { WorkspaceFiles } from '../../evaluate/context/workspace-files.js';
import type { AbortCause, Status } from '../../state/event.js';
import type { StepRecord } from '../../state/run-state.js';
import type { AbortScope } from './abort-scope.js';
import type { Ports, ProgramLookup } from './ports.js';
import type { Recorder } from './recorder.js';
import type { Claimed, Slots } from './slots.js';

/** The environment of a run. Paths are absolute. */
export type RunEnvironment = {
  readonly workspace: string;
  readonly workDir: string;
  /** Inherited by every process; frozen. */
  readonly env: Readonly<Record<string, string>>;
  readonly hasProgram: ProgramLookup;
  /** Separates the entries of PATH. */
  readonly pathDelimiter: string;
};

/** How to run the `on_abortion` and `finally` fallbacks of steps that a signal aborts. */
export type AbortionSettings = {
  /** `later`: there is no time now, so they are left as deferred cleanup. */
  readonly when: 'now' | 'later';
  /** Time limit for all of them together, in milliseconds; 0: the default. */
  readonly limitMs: number;
};

/** The context shared by every part of a run. */
export type RunContext = Sources & {
  readonly runId: string;
  readonly resumed: boolean;
  readonly pipeline: Pipeline;
  readonly plan: Plan;
  readonly environment: RunEnvironment;
  readonly ports: Ports;
  readonly files: WorkspaceFiles;
  /** The scope of the whole run; signals stop it. */
  readonly scope: AbortScope;
  readonly abortion: AbortionSettings;
  readonly recorder: Recorder;
  readonly slots: Slots;
  /** Maximum number of concurrent processes. */
  readonly maxParallel: number;
  readonly masker: Masker;
  /** Unmasked outputs, by path, of steps with a secret output; for this run only. */
  readonly liveOutputs: Map<string, Readonly<Record<string, Json>>>;
  /** Unmasked items, by path, of fan-outs with a secret item; for this run only. */
  readonly liveItems: Map<string, readonly Json[]>;
  /** Fallbacks that did not fire because the run was stopped, innermost first. */
  readonly pendingFallbacks: PendingFallbacks[];
  /** Steps, by path, whose work is done but whose end is not yet recorded, as expressions see them. */
  readonly unsettled: Map<string, StepRecord>;
};

/** The site of a list of steps, or of a step in it: everything inherited from its container and needs. */
export type StepSite = Site & {
  readonly scope: AbortScope;
  readonly failure: FailureMode;
  /** The work directory passed to scripts; absolute. */
  readonly workDir: string;
  /** Why every step of the list runs regardless of the plan; undefined: the plan decides. */
  readonly runBecause?: string;
  /** The list belongs to a fallback or is nested in one: its steps take no checkpoints. */
  readonly isFallback?: true;
  /** Maximum number of concurrent steps; undefined: no limit. For this list only, not for nested lists. */
  readonly limit?: number;
  /** Overrides of the site for each step of the list, by index. For this list only. */
  readonly items?: readonly ItemSite[];
};

/** A step about to run: its site, why it runs, and the scopes of its expressions. */
export type StepStart = {
  readonly site: StepSite;
  readonly decision: Decision;
  readonly status: StatusView;
  readonly scopes: Both<StepScope>;
  readonly claimed: Claimed;
};

/** How a step ended, as far as later steps and its list need to know. */
export type Ending = {
  readonly status: Status;
  readonly tolerated: boolean;
  /** It was skipped because of a failure or a stop, not by its own condition. */
  readonly held?: true;
  /** Why it was stopped from outside, before or after it started. */
  readonly cause?: AbortCause;
  readonly error?: string;
  /** The step itself, or the first step inside it that failed. */
  readonly failedPath?: string;
  readonly identity: string;
  /** Its exports. */
  readonly layers: Both<FrameLayer>;
};

/** The combined ending of a list. */
export type ListSum = Pick<Ending, 'status' | 'tolerated' | 'cause' | 'error' | 'failedPath'>;

/** How a list ended: the endings of its steps in file order, and the combined ending. */
export type ListEnding = { readonly endings: readonly Ending[]; readonly sum: ListSum };

/** Runs the steps of a list; settles when no step is running and no further step can start. */
export type RunList = (site: StepSite, context: RunContext) => Promise<ListEnding>;

/** The owner of fallbacks: a step, the file that a step calls, or the pipeline. */
export type FallbackOwner = {
  /** Prefix of the paths of its fallbacks; empty for the pipeline. */
  readonly path: string;
  readonly fallbacks: Fallbacks;
  /** Its list, which its fallbacks see, with the environment before the owner or after its work. */
  readonly site: StepSite;
};

/** Fallbacks that an owner still has to fire, in order; empty if only the last one was interrupted. */
export type PendingFallbacks = {
  readonly owner: FallbackOwner;
  readonly names: readonly FallbackName[];
  /** How the owner ended. */
  readonly ended: ListSum;
};

/** The context of a run, and the function that runs its lists. */
export type Engine = { readonly context: RunContext; readonly runList: RunList };
