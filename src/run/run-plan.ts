import { createMasker } from '../base/mask.js';
import { ok, type Result } from '../base/result.js';
import type { Json } from '../base/stable-json.js';
import type { InputValues, Pipeline } from '../language/pipeline.js';
import {
  EMPTY_FRAME,
  EMPTY_LAYER,
  flattenFrame,
  mergeLayers,
  withLayer,
  type Frame,
  type FrameLayer,
} from '../plan/export-frame.js';
import { envDigest } from '../plan/fingerprint.js';
import { countSteps, processPaths, type Plan } from '../plan/plan.js';
import { recordedSource, standIns } from '../plan/recorded-source.js';
import { listScope, scopeAt, type Facts, type ListScope, type ValueSource } from '../plan/step-context.js';
import { evaluateEnv } from '../plan/step-inputs.js';
import type { WorkspaceFiles } from '../plan/workspace-files.js';
import type { RunState } from '../state/run-state.js';
import type { AbortScope } from './abort-scope.js';
import { withholdSecrets } from './holds-secret.js';
import { ALL_WELL, evaluateOutputs, withholdOutputs } from './outputs.js';
import type { Ports } from './ports.js';
import { createRecorder } from './recorder.js';
import type { ListEnding, ListPlace, Place, RunContext } from './run-context.js';
import { runList } from './run-list.js';
import { learnDeclaredSecrets, learnSecrets } from './secret-values.js';
import { createSlots } from './slots.js';

/** Everything a plan needs to be run. */
export type RunInput = {
  readonly pipeline: Pipeline;
  readonly plan: Plan;
  readonly inputs: InputValues;
  /** The run to go on with; undefined starts `runId` anew. */
  readonly last: RunState | undefined;
  readonly runId: string;
  readonly commit: string | undefined;
  readonly place: Place;
  readonly facts: Facts;
  readonly files: WorkspaceFiles;
  readonly ports: Ports;
  readonly scope: AbortScope;
  readonly maxParallel: number;
};

/** What a run became. */
export type RunEnding = {
  readonly state: RunState;
  /** Whether the journal holds all of it. */
  readonly resumable: boolean;
  /** What its steps exported, secrets too. */
  readonly exports: FrameLayer;
};

/** Walks a plan to its end: every step runs, is kept or is skipped, and each decision is an event. */
export const runPlan = async (input: RunInput): Promise<RunEnding> => {
  const context = createContext(input);
  const { recorder } = context;
  // Before the first event, because it learns what is to be hidden in it.
  const root = rootPlace(input, context);
  emitStart(input, context);
  const exports = root.ok ? await runSteps(root.value, context) : EMPTY_LAYER;
  if (!root.ok) recorder.emit({ type: 'run_failed', failed_step: '', error: root.error, warnings: [] });
  return { state: recorder.state(), resumable: recorder.resumable(), exports };
};

const runSteps = async (root: ListPlace, context: RunContext): Promise<FrameLayer> => {
  const { recorder, masker, ports } = context;
  ports.checkpoints?.begin({ record: recorder.emit, warn: recorder.warn, secrets: masker.secrets });
  const ended = await runList(root, context);
  emitEnd(ended, root, context);
  return mergeLayers(ended.endings.map(({ layers }) => layers.live));
};

const createContext = (input: RunInput): RunContext => {
  const attempt = (input.last?.attempt ?? 0) + 1;
  const masker = createMasker(input.ports.display.secret);
  const recorder = createRecorder({ runId: input.runId, attempt, last: input.last }, input.ports, masker);
  const liveOutputs = new Map<string, Readonly<Record<string, Json>>>();
  const live: ValueSource = {
    record: (path) => recorder.state().steps.get(path),
    outputs: (record) => liveOutputs.get(record.path) ?? record.outputs,
    inputs: input.inputs,
    run: { id: input.runId, attempt, resumed: input.last !== undefined },
    facts: input.facts,
    hashFiles: input.files.hashFiles,
  };
  return {
    ...input,
    resumed: input.last !== undefined,
    recorder,
    slots: createSlots(input.maxParallel),
    masker,
    live,
    recorded: recordedSource(live, input.pipeline.secrets),
    liveOutputs,
    flatten: createFlattener(),
  };
};

/** Steps in a row mostly share their frame, so the last one is kept flat. */
const createFlattener = (): RunContext['flatten'] => {
  let last: { readonly frame: Frame; readonly flat: FrameLayer } | undefined;
  return (frame) => {
    if (last?.frame !== frame) last = { frame, flat: flattenFrame(frame) };
    return last.flat;
  };
};

/** Where the top list starts: the secrets that were inherited, then the pipeline's own env. */
const rootPlace = ({ pipeline, place, scope }: RunInput, context: RunContext): Result<ListPlace> => {
  learnSecrets(place.env, context);
  const list = listScope('', pipeline.steps);
  const inherited = withLayer(EMPTY_FRAME, { env: setSecrets(pipeline, place), path: [] });
  const hidden = withLayer(EMPTY_FRAME, { env: standIns(pipeline.secrets), path: [] });
  const live = evaluateEnv(pipeline.env, viewFrom(list, inherited, context.live));
  if (!live.ok) return live;
  learnSecrets(live.value, context);
  learnDeclaredSecrets(context, viewFrom(list, inherited, context.live));
  const recorded = evaluateEnv(pipeline.env, viewFrom(list, hidden, context.recorded));
  if (!recorded.ok) return recorded;
  return ok({
    list,
    scope,
    env: envDigest('', recorded.value),
    needs: '',
    frames: {
      live: withLayer(inherited, { env: live.value, path: [] }),
      recorded: withLayer(hidden, { env: recorded.value, path: [] }),
    },
  });
};

const viewFrom = (list: ListScope, frame: Frame, source: ValueSource): ReturnType<typeof scopeAt> =>
  scopeAt({ list, env: () => flattenFrame(frame).env, status: ALL_WELL }, source);

const setSecrets = ({ secrets }: Pipeline, { env }: Place): Readonly<Record<string, string>> =>
  Object.fromEntries(secrets.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));

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

const emitEnd = (ended: ListEnding, root: ListPlace, context: RunContext): void => {
  const { recorder } = context;
  const { status, cause = 'signal', error = '', failedPath = '' } = ended.sum;
  const warnings = warningsOf(recorder.state());
  if (status === 'succeeded') emitSuccess(ended, root, context);
  else if (status === 'aborted') recorder.emit({ type: 'run_aborted', by: cause, warnings });
  else recorder.emit({ type: 'run_failed', failed_step: failedPath, error, warnings });
};

const emitSuccess = ({ endings }: ListEnding, { list, frames }: ListPlace, context: RunContext): void => {
  const { recorder, pipeline } = context;
  const warnings = warningsOf(recorder.state());
  if (nothingRan(recorder.state(), pipeline)) recorder.warn('nothing ran: every step was skipped');
  const outputs = evaluateOutputs(pipeline.outputs, { list, frame: frames.live, endings }, context);
  if (outputs.ok) {
    const { kept } = withholdOutputs('the pipeline', outputs.value, context);
    const partial = [...context.plan.decisions.values()].some((decision) => decision.do === 'leave');
    recorder.emit({ type: 'run_succeeded', warnings, outputs: kept, ...(partial && { partial }) });
  } else {
    recorder.emit({ type: 'run_failed', failed_step: '', error: outputs.error, warnings });
  }
};

/** Tolerated failures, one line each. */
const warningsOf = (state: RunState): readonly string[] =>
  [...state.steps.values()]
    .filter(({ tolerated }) => tolerated)
    .map(({ path, error }) => `"${path}" failed and was tolerated: ${error ?? ''}`);

/** Whether no step that does something ran, in this attempt or before. */
const nothingRan = ({ steps }: RunState, { steps: topSteps }: Pipeline): boolean =>
  processPaths(topSteps, '').every((path) => (steps.get(path)?.status ?? 'skipped') === 'skipped');
