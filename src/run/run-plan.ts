import type { Json } from '../base/stable-json.js';
import { EMPTY_LAYER, mergeLayers, type FrameLayer } from '../evaluate/context/export-frame.js';
import { countSteps } from '../plan/plan.js';
import { isInFallback } from '../state/in-fallback.js';
import { startsProcesses, type RunState } from '../state/run-state.js';
import type { FailureReason } from './step/begun-step.js';
import { stoppedAtOnce } from './context/abort-scope.js';
import { cleanupLimitMs } from './context/cleanup-scope.js';
import { createContext, type ContextInput } from './context/create-context.js';
import { describeAbort, NO_LAYERS } from './context/ending.js';
import { runWithFallbacks, type OwnWork } from './fallback/fire-fallbacks.js';
import { firePending, namePending } from './fallback/fire-pending.js';
import { withholdSecrets } from './context/holds-secret.js';
import { evaluateOutputs, withholdOutputs } from './context/outputs.js';
import { rootSite } from './list/root-site.js';
import type { ListEnding, StepSite, ListSum, Engine, RunContext } from './context/run-context.js';
import { runList } from './list/run-list.js';
import { warningsOf } from './context/run-warnings.js';
import { NOTHING_CLAIMED } from './context/slots.js';

/** Everything needed to run a plan. */
export type RunInput = ContextInput & { readonly commit: string | undefined };

/** The result of a run. */
export type RunEnding = {
  readonly state: RunState;
  /** The journal is complete. */
  readonly resumable: boolean;
  /** The exports of its steps, including secrets. */
  readonly exports: FrameLayer;
};

/** Runs a plan: every step runs, is kept or is skipped, and each decision is an event. */
export const runPlan = async (input: RunInput): Promise<RunEnding> => {
  const context = createContext(input, (input.last?.attempt ?? 0) + 1);
  const { recorder } = context;
  const root = rootSite(context);
  emitStart(input, context);
  const exports = root.ok ? await runRoot(root.value, { context, runList }) : EMPTY_LAYER;
  if (!root.ok) recorder.emit({ type: 'run_failed', failed_step: '', error: root.error, warnings: [] });
  return { state: recorder.state(), resumable: recorder.resumable(), exports };
};

/** Runs the steps inside the pipeline's fallbacks, then the pending cleanup; the event that ends the run comes last. */
const runRoot = async (root: StepSite, engine: Engine): Promise<FrameLayer> => {
  const { recorder, masker, ports, pipeline } = engine.context;
  ports.checkpoints?.begin({ record: recorder.emit, warn: recorder.warn, secrets: masker.secrets });
  const ended = await runWithFallbacks(
    { path: '', fallbacks: pipeline.fallbacks, site: root },
    {
      work: () => runSteps(root, engine),
      instead: failedInstead,
      settle: (worked) => Promise.resolve(worked),
      claimed: NOTHING_CLAIMED,
    },
    engine,
  );
  const settled = ifStopped(ended, engine.context);
  await cleanUp(engine);
  emitEnd(settled, engine.context);
  return ended.layers.live;
};

const emitStart = ({ pipeline, plan, inputs, last, commit }: RunInput, { recorder, masker }: RunContext): void => {
  const known = commit === undefined ? {} : { commit };
  const { kept, withheld } = withholdSecrets(inputs, masker);
  if (last === undefined) {
    recorder.emit({ type: 'run_started', pipeline: pipeline.name, file: pipeline.file, inputs: kept, ...known });
  } else {
    recorder.emit({ type: 'run_resumed', inputs: kept, ...known });
  }
  if (withheld.length > 0) {
    recorder.warn(
      `these inputs hold a secret and are not stored, so a resume needs them again: ${withheld.join(', ')}`,
    );
  }
  const { toRun, toRestore } = countSteps(pipeline, plan);
  recorder.emit({ type: 'plan_made', to_run: toRun, to_restore: toRestore });
};

/** The combined ending of a pipeline's steps, and its outputs. */
type RootWork = OwnWork & { readonly outputs: Readonly<Record<string, Json>> };

const runSteps = async (root: StepSite, { context }: Engine): Promise<RootWork> => {
  const { endings, sum } = await runList(root, context);
  const layers = layersOf(endings);
  const settled = ifStopped({ ...sum, layers, outputs: {} }, context);
  if (settled.status !== 'succeeded') return settled;
  const ended = { list: root.list, frame: root.frames.live, endings };
  const outputs = evaluateOutputs(context.pipeline.outputs, ended, context);
  return outputs.ok ? { ...settled, outputs: outputs.value } : failedInstead(settled, { error: outputs.error });
};

const layersOf = (endings: ListEnding['endings']): RootWork['layers'] => ({
  live: mergeLayers(endings.map(({ layers }) => layers.live)),
  recorded: mergeLayers(endings.map(({ layers }) => layers.recorded)),
});

const failedInstead = (worked: RootWork | undefined, { status = 'failed', ...why }: FailureReason): RootWork => ({
  layers: worked?.layers ?? NO_LAYERS,
  outputs: {},
  tolerated: false,
  status,
  ...why,
});

/** A run that was stopped before all its fallbacks had run is aborted, however its steps ended. */
const ifStopped = <W extends ListSum>(ended: W, { pendingFallbacks, scope }: RunContext): W => {
  const cause = scope.cause();
  if (pendingFallbacks.length === 0 || cause === undefined || ended.status === 'aborted') return ended;
  return { ...ended, status: 'aborted', cause, error: describeAbort(cause) };
};

/** After a signal the host decides if there is time. Fallbacks that don't fire stay unclaimed, for the next start. */
const cleanUp = async (engine: Engine): Promise<void> => {
  const { pendingFallbacks, scope, abortion, recorder } = engine.context;
  if (pendingFallbacks.length === 0 || (scope.cause() === 'signal' && abortion.when === 'later')) return;
  const left = await firePending(
    pendingFallbacks,
    { limitMs: cleanupLimitMs(abortion), scope: stoppedAtOnce(scope) },
    engine,
  );
  if (left.length > 0) recorder.warn(`there was no time for ${namePending(left)}; the next start makes up for it`);
};

const emitEnd = (ended: RootWork, context: RunContext): void => {
  const { recorder } = context;
  const { status, cause = 'signal', error = '', failedPath = '' } = ended;
  const warnings = warningsOf(recorder.state());
  if (status === 'succeeded') emitSuccess(ended, context);
  else if (status === 'aborted') recorder.emit({ type: 'run_aborted', by: cause, warnings });
  else recorder.emit({ type: 'run_failed', failed_step: failedPath, error, warnings });
};

const emitSuccess = ({ outputs }: RootWork, context: RunContext): void => {
  const { recorder } = context;
  const warnings = warningsOf(recorder.state());
  if (nothingRan(recorder.state())) recorder.warn('nothing ran: every step was skipped');
  const { kept } = withholdOutputs('the pipeline', outputs, context);
  const partial = [...context.plan.decisions.values()].some((decision) => decision.do === 'leave');
  recorder.emit({ type: 'run_succeeded', warnings, outputs: kept, ...(partial && { partial }) });
};

/** True if no step has started a process, in this attempt or an earlier one. */
const nothingRan = ({ steps }: RunState): boolean => {
  for (const record of steps.values()) {
    if (startsProcesses(record) && !isInFallback(record.path)) return false;
  }
  return true;
};
