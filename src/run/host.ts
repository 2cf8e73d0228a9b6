import type { Result } from '../base/result.js';
import type { Facts } from '../evaluate/context/step-context.js';
import type { WorkspaceFiles } from '../evaluate/context/workspace-files.js';
import type { Diagnostic } from '../language/model/diagnostic.js';
import type { Pipeline } from '../language/model/pipeline.js';
import type { LoadFile, PipelineSource } from '../language/read-pipeline.js';
import type { Selection } from '../plan/selection.js';
import type { RunState } from '../state/run-state.js';
import type { AbortScope } from './context/abort-scope.js';
import type { Ports } from './context/ports.js';
import type { AbortionSettings, RunEnvironment } from './context/run-context.js';
import type { DeferredCleanup } from './deferred-cleanup.js';
import type { RunEnding } from './run-plan.js';

/** The ports and inputs a host gives to a run. */
export type Host = {
  readonly source: PipelineSource;
  /** Loads the files that the pipeline calls. */
  readonly load: LoadFile;
  /** Inputs as texts, by name. */
  readonly givenInputs: Readonly<Record<string, string>>;
  readonly selection: Selection;
  readonly facts: Facts;
  /** The environment that processes inherit. */
  readonly env: Readonly<Record<string, string>>;
  readonly scope: AbortScope;
  readonly abortion: AbortionSettings;
  /** Overrides the file. */
  readonly maxParallel: number | undefined;
  readonly processors: number;
  /** Takes the work directory for exclusive use. The error says how to resolve it. */
  readonly open: (pipeline: Pipeline) => Promise<Result<OpenWork>>;
};

/** A work directory in exclusive use by this program. */
export type OpenWork = {
  /** The run to resume; undefined for a fresh one. */
  readonly last: RunState | undefined;
  /** A run of this pipeline whose latest attempt may have been interrupted; absent: there is none. */
  readonly interrupted?: InterruptedRun;
  readonly files: WorkspaceFiles;
  /** Prepares for the first step; nothing is changed before this call. */
  readonly begin: () => Promise<Result<BegunRun>>;
  /** Finishes all writes and releases the work directory. */
  readonly close: () => Promise<void>;
};

/** A run whose latest attempt may have fallbacks pending. */
export type InterruptedRun = {
  /** The same value as `OpenWork.last` where that run is resumed. */
  readonly last: RunState;
  /** Prepares for appending to its journal. */
  readonly begin: () => Promise<Result<Pick<DeferredCleanup, 'environment' | 'ports' | 'claim'>>>;
  /** Called once the attempt is finished. */
  readonly end: () => Promise<void>;
};

/** The parts of a run that exist only once it has begun. */
export type BegunRun = {
  readonly runId: string;
  readonly commit: string | undefined;
  readonly environment: RunEnvironment;
  readonly ports: Ports;
};

/** The result of a start: mistakes in the files or inputs, a refusal with its remedy, nothing to do, or a run. */
export type RunResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'nothing-to-do'; readonly state: RunState }
  | ({ readonly kind: 'ended' } & RunEnding);

const LEAST_SLOTS = 2;

/** The number of concurrent processes: the host's value, else the file's, else one per processor (at least 2). */
export const slotsFor = (
  pipeline: Pipeline,
  { maxParallel, processors }: Pick<Host, 'maxParallel' | 'processors'>,
): number => maxParallel ?? pipeline.maxParallel ?? Math.max(LEAST_SLOTS, processors);
