import { ok, type Result } from './base/result.js';
import type { Diagnostic } from './language/model/diagnostic.js';
import { readInputs } from './language/read/inputs.js';
import type { Pipeline } from './language/model/pipeline.js';
import { renderHeadline } from './language/yaml/render-diagnostic.js';
import { readPipeline, type LoadFile, type PipelineSource } from './language/read-pipeline.js';
import { inheritedSecrets, planRun } from './plan/plan-run.js';
import type { Selection } from './plan/selection.js';
import type { Facts } from './evaluate/context/step-context.js';
import type { WorkspaceFiles } from './evaluate/context/workspace-files.js';
import type { AbortScope } from './run/context/abort-scope.js';
import { cleanupLimitMs } from './run/context/cleanup-scope.js';
import { runDeferredCleanup, type DeferredCleanup } from './run/deferred-cleanup.js';
import { pendingCleanup } from './run/fallback/pending-cleanup.js';
import type { Ports } from './run/context/ports.js';
import type { AbortionSettings, RunEnvironment } from './run/context/run-context.js';
import { runPlan, type RunEnding } from './run/run-plan.js';
import { isFinished, type RunState } from './state/run-state.js';

/** The whole product: a pipeline file becomes a plan, the plan a run. Start reading here. */
export const runPipeline = async (host: Host): Promise<RunResult> => {
  const pipeline = await readPipeline(host.source, host.load);
  if (!pipeline.ok) return { kind: 'invalid', diagnostics: pipeline.error };
  const opened = await host.open(pipeline.value);
  if (!opened.ok) return { kind: 'refused', message: opened.error };
  try {
    return await runOpened(pipeline.value, host, opened.value);
  } finally {
    await opened.value.close();
  }
};

const runOpened = async (pipeline: Pipeline, host: Host, work: OpenWork): Promise<RunResult> => {
  const inputs = readInputs(pipeline, host.givenInputs, work.last?.inputs ?? {});
  if (!inputs.ok) return { kind: 'invalid', diagnostics: inputs.error };
  const ended = await finishInterrupted(pipeline, host, work);
  if (!ended.ok) return { kind: 'refused', message: ended.error };
  const { selection, facts } = host;
  const common = { pipeline, inputs: inputs.value, last: work.last, facts, files: work.files };
  const secrets = inheritedSecrets(pipeline, host.env);
  const plan = await planRun({ ...common, selection, secrets });
  if (!plan.ok) return { kind: 'refused', message: plan.error };
  if (work.last !== undefined && !plan.value.hasWork && isFinished(work.last)) {
    return { kind: 'nothing-to-do', state: work.last };
  }
  const begun = await work.begin();
  if (!begun.ok) return { kind: 'refused', message: begun.error };
  for (const warning of pipeline.warnings) begun.value.ports.display.warning(renderHeadline(warning));
  const ending = await runPlan({
    ...common,
    plan: plan.value,
    scope: host.scope,
    abortion: host.abortion,
    maxParallel: slotsFor(pipeline, host),
    ...begun.value,
  });
  return { kind: 'ended', ...ending };
};

/** An earlier attempt that was cut off gets its end before anything else happens. */
const finishInterrupted = async (
  pipeline: Pipeline,
  host: Host,
  { interrupted, last, files }: OpenWork,
): Promise<Result<void>> => {
  if (interrupted === undefined || pendingCleanup(pipeline, interrupted.last) === undefined) return ok(undefined);
  const begun = await interrupted.begin();
  if (!begun.ok) return begun;
  const remembered = interrupted.last.inputs;
  const inputs = readInputs(pipeline, interrupted.last === last ? host.givenInputs : {}, remembered);
  await runDeferredCleanup({
    pipeline,
    last: interrupted.last,
    inputs: inputs.ok ? inputs.value : remembered,
    facts: host.facts,
    files,
    scope: host.scope,
    maxParallel: slotsFor(pipeline, host),
    limitMs: cleanupLimitMs(host.abortion),
    ...begun.value,
  });
  await interrupted.end();
  return ok(undefined);
};

/** What a host brings to a run. */
export type Host = {
  readonly source: PipelineSource;
  /** Gives the files that the pipeline calls. */
  readonly load: LoadFile;
  /** Inputs as texts, by name. */
  readonly givenInputs: Readonly<Record<string, string>>;
  readonly selection: Selection;
  readonly facts: Facts;
  /** What processes inherit. */
  readonly env: Readonly<Record<string, string>>;
  readonly scope: AbortScope;
  readonly abortion: AbortionSettings;
  /** Wins over the file. */
  readonly maxParallel: number | undefined;
  readonly processors: number;
  /** Takes the work directory for this program alone. The error says the way out. */
  readonly open: (pipeline: Pipeline) => Promise<Result<OpenWork>>;
};

/** A work directory that nobody else uses. */
export type OpenWork = {
  /** The run to go on with; undefined for a fresh one. */
  readonly last: RunState | undefined;
  /** A run of this pipeline whose latest attempt may have been cut off; absent: none is here. */
  readonly interrupted?: InterruptedRun;
  readonly files: WorkspaceFiles;
  /** Makes everything ready for the first step; until then nothing was changed. */
  readonly begin: () => Promise<Result<BegunRun>>;
  /** Finishes what was written and gives the work directory back. */
  readonly close: () => Promise<void>;
};

/** A run whose latest attempt may owe its fallbacks. */
export type InterruptedRun = {
  /** The same value as `OpenWork.last` where that is the run to go on with. */
  readonly last: RunState;
  /** Makes everything ready to go on with its journal. */
  readonly begin: () => Promise<Result<Pick<DeferredCleanup, 'environment' | 'ports' | 'claim'>>>;
  /** The attempt has its end. */
  readonly end: () => Promise<void>;
};

/** What a run needs that only exists once it has begun. */
export type BegunRun = {
  readonly runId: string;
  readonly commit: string | undefined;
  readonly environment: RunEnvironment;
  readonly ports: Ports;
};

/** What became of it: mistakes in the files or inputs, a refusal with the way out, nothing left to do, or a run. */
export type RunResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'nothing-to-do'; readonly state: RunState }
  | ({ readonly kind: 'ended' } & RunEnding);

const LEAST_SLOTS = 2;

const slotsFor = (pipeline: Pipeline, { maxParallel, processors }: Host): number =>
  maxParallel ?? pipeline.maxParallel ?? Math.max(LEAST_SLOTS, processors);
