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

/** Where a run takes place. Paths are absolute. */
export type RunEnvironment = {
  readonly workspace: string;
  readonly workDir: string;
  /** What every process inherits; frozen. */
  readonly env: Readonly<Record<string, string>>;
  readonly hasProgram: ProgramLookup;
  /** Between the entries of PATH. */
  readonly pathDelimiter: string;
};

/** What becomes of the fallbacks `on_abortion` and `finally` of what a signal aborts. */
export type AbortionSettings = {
  /** `later`: there is no time; who comes after this program runs them. */
  readonly when: 'now' | 'later';
  /** Longest time they may take, all together, in milliseconds; 0: the default. */
  readonly limitMs: number;
};

/** What every part of a run works with. */
export type RunContext = Sources & {
  readonly runId: string;
  readonly resumed: boolean;
  readonly pipeline: Pipeline;
  readonly plan: Plan;
  readonly environment: RunEnvironment;
  readonly ports: Ports;
  readonly files: WorkspaceFiles;
  /** Of the whole run: stopped by signals. */
  readonly scope: AbortScope;
  readonly abortion: AbortionSettings;
  readonly recorder: Recorder;
  readonly slots: Slots;
  /** Processes at a time. */
  readonly maxParallel: number;
  readonly masker: Masker;
  /** Outputs by path of steps that made a secret one: as they are, for this run only. */
  readonly liveOutputs: Map<string, Readonly<Record<string, Json>>>;
  /** Items by path of fan-outs where one holds a secret: as they are, for this run only. */
  readonly liveItems: Map<string, readonly Json[]>;
  /** What a stop of the run kept from firing, innermost first. */
  readonly pendingFallbacks: PendingFallbacks[];
  /** By path, steps whose work is done and whose end is not recorded yet, as expressions see them. */
  readonly unsettled: Map<string, StepRecord>;
};

/** Where a list of steps runs, or a step in it: what it takes over from its container and its needs. */
export type StepSite = Site & {
  readonly scope: AbortScope;
  readonly failure: FailureMode;
  /** The work directory that scripts are told; absolute. */
  readonly workDir: string;
  /** Why every step of the list runs, whatever the plan says of its path; undefined: the plan decides. */
  readonly runBecause?: string;
  /** The list is a fallback's, or in one: no checkpoint is taken at its steps. */
  readonly isFallback?: true;
  /** Steps under way at a time; undefined: no limit. For this list only, not for those in it. */
  readonly limit?: number;
  /** What each step of the list, by position, has instead of what the list has. For this list only. */
  readonly items?: readonly ItemSite[];
};

/** A step about to run: where, why, and how its expressions are evaluated. */
export type StepStart = {
  readonly site: StepSite;
  readonly decision: Decision;
  readonly status: StatusView;
  readonly scopes: Both<StepScope>;
  readonly claimed: Claimed;
};

/** How a step ended, as far as the steps after it and the list around it need to know. */
export type Ending = {
  readonly status: Status;
  readonly tolerated: boolean;
  /** It was skipped because of a failure or a stop, not by its own condition. */
  readonly held?: true;
  /** What stopped it from outside, before or after it started. */
  readonly cause?: AbortCause;
  readonly error?: string;
  /** The step itself, or the first step inside it that failed. */
  readonly failedPath?: string;
  readonly identity: string;
  /** What it exported. */
  readonly layers: Both<FrameLayer>;
};

/** What the endings of a list come to. */
export type ListSum = Pick<Ending, 'status' | 'tolerated' | 'cause' | 'error' | 'failedPath'>;

/** How a list ended: each step in the order of the file, and what they come to. */
export type ListEnding = { readonly endings: readonly Ending[]; readonly sum: ListSum };

/** Runs the steps of a list; settles when none runs and none can start any more. */
export type RunList = (site: StepSite, context: RunContext) => Promise<ListEnding>;

/** What has fallbacks: a step, the file that a step calls, or the pipeline. */
export type FallbackOwner = {
  /** What the lists of its fallbacks stand below; empty for the pipeline. */
  readonly path: string;
  readonly fallbacks: Fallbacks;
  /** Its list, which its fallbacks see, and the environment as it stands before it, or after its work. */
  readonly site: StepSite;
};

/** Fallbacks that an owner still has to fire, in this order; none where only the last of them was cut off. */
export type PendingFallbacks = {
  readonly owner: FallbackOwner;
  readonly names: readonly FallbackName[];
  /** How the owner ended. */
  readonly ended: ListSum;
};

/** What it takes to run a list. */
export type Engine = { readonly context: RunContext; readonly runList: RunList };
