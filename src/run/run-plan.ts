import { createMasker, type Masker } from '../base/mask.js';
import type { InputValues, Pipeline } from '../language/pipeline.js';
import { EMPTY_FRAME, flattenFrame, withLayer, type Frame, type FrameLayer } from '../plan/export-frame.js';
import { envDigest } from '../plan/fingerprint.js';
import { countSteps, type Plan } from '../plan/plan.js';
import { recordedSource, standIns } from '../plan/recorded-source.js';
import { listScope, scopeAt, type Facts, type ListScope, type ValueSource } from '../plan/step-context.js';
import { evaluateEnv } from '../plan/step-inputs.js';
import type { WorkspaceFiles } from '../plan/workspace-files.js';
import type { Json } from '../base/stable-json.js';
import type { RunState } from '../state/run-state.js';
import type { AbortScope } from './abort-scope.js';
import type { Ports } from './ports.js';
import { createRecorder } from './recorder.js';
import { ALL_WELL, evaluateOutputs } from './run-container.js';
import type { Both, ListPlace, Place, RunContext } from './run-context.js';
import { runList, type ListEnding } from './run-list.js';
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
  /** Whether the journal holds all of it. */ readonly resumable: boolean;
};

/** Walks a plan to its end: every step runs, is kept or is skipped, and each decision is an event. */
export const runPlan = async (input: RunInput): Promise<RunEnding> => {
  const context = createContext(input);
  emitStart(input, context);
  const list = listScope('', input.pipeline.steps);
  const root = rootPlace(list, input, context);
  if (typeof root === 'string') {
    context.recorder.emit({ type: 'run_failed', failed_step: '', error: root, warnings: [] });
  } else {
    emitEnd(await runList(root, context), root, context);
  }
  return { state: context.recorder.state(), resumable: context.recorder.resumable() };
};

const createContext = (input: RunInput): RunContext => {
  const attempt = (input.last?.attempt ?? 0) + 1;
  const recorder = createRecorder({ runId: input.runId, attempt, last: input.last }, input.ports);
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
    masker: secretMasker(input),
    live,
    recorded: recordedSource(live),
    liveOutputs,
    flatten: createFlattener(),
  };
};

const secretMasker = ({ pipeline, place }: RunInput): Masker => {
  const masker = createMasker();
  for (const name of pipeline.secrets) masker.add(place.env[name] ?? '');
  return masker;
};

/** Steps in a row mostly share their frame, so the last one is kept flat. */
const createFlattener = (): RunContext['flatten'] => {
  let last: { readonly frame: Frame; readonly flat: FrameLayer } | undefined;
  return (frame) => {
    if (last?.frame !== frame) last = { frame, flat: flattenFrame(frame) };
    return last.flat;
  };
};

const emitStart = ({ pipeline, plan, inputs, last, commit }: RunInput, { recorder }: RunContext): void => {
  const known = commit === undefined ? {} : { commit };
  if (last === undefined) {
    recorder.emit({ type: 'run_started', pipeline: pipeline.name, file: pipeline.file, inputs, ...known });
  } else {
    recorder.emit({ type: 'run_resumed', inputs, ...known });
  }
  const { toRun, toRestore } = countSteps(pipeline, plan);
  recorder.emit({ type: 'plan_made', to_run: toRun, to_restore: toRestore });
};

/** Where the top list starts: the secrets that were inherited, then the pipeline's own env. A text says what is wrong with it. */
const rootPlace = (list: ListScope, { pipeline, place, scope }: RunInput, context: RunContext): ListPlace | string => {
  const secrets = withLayer(EMPTY_FRAME, { env: inheritedSecrets(pipeline, place), path: [] });
  const hidden = withLayer(EMPTY_FRAME, { env: standIns(pipeline.secrets), path: [] });
  const env: Both<ReturnType<typeof evaluateEnv>> = {
    live: evaluateEnv(pipeline.env, scopeAt(viewFrom(list, secrets), context.live)),
    recorded: evaluateEnv(pipeline.env, scopeAt(viewFrom(list, hidden), context.recorded)),
  };
  if (!env.live.ok) return env.live.error;
  if (!env.recorded.ok) return env.recorded.error;
  for (const name of pipeline.secrets) context.masker.add(env.live.value[name] ?? '');
  return {
    list,
    scope,
    env: envDigest('', env.recorded.value),
    needs: '',
    frames: {
      live: withLayer(secrets, { env: env.live.value, path: [] }),
      recorded: withLayer(hidden, { env: env.recorded.value, path: [] }),
    },
  };
};

const viewFrom = (list: ListScope, frame: Frame): Parameters<typeof scopeAt>[0] => ({
  list,
  env: () => flattenFrame(frame).env,
  status: ALL_WELL,
});

const inheritedSecrets = ({ secrets }: Pipeline, { env }: Place): Readonly<Record<string, string>> =>
  Object.fromEntries(secrets.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));

const emitEnd = ({ endings, summary }: ListEnding, root: ListPlace, context: RunContext): void => {
  const { recorder, masker, pipeline, flatten } = context;
  const warnings = warningsOf(recorder.state());
  if (summary.status === 'aborted') {
    recorder.emit({ type: 'run_aborted', by: summary.cause ?? 'signal', warnings });
    return;
  }
  if (summary.status !== 'succeeded') {
    const error = masker.text(summary.error ?? '');
    recorder.emit({ type: 'run_failed', failed_step: summary.failedPath ?? '', error, warnings });
    return;
  }
  if (endings.every(({ status }) => status === 'skipped')) recorder.warn('nothing ran: every step was skipped');
  const view = { list: root.list, env: () => flatten(root.frames.live).env, status: ALL_WELL };
  const outputs = evaluateOutputs(pipeline.outputs, view, context);
  if (outputs.ok) recorder.emit({ type: 'run_succeeded', warnings, outputs: withoutSecrets(outputs.value, context) });
  else recorder.emit({ type: 'run_failed', failed_step: '', error: masker.text(outputs.error), warnings });
};

/** Tolerated failures, one line each. */
const warningsOf = (state: RunState): readonly string[] =>
  [...state.steps.values()]
    .filter(({ tolerated }) => tolerated)
    .map(({ path, error }) => `"${path}" failed and was tolerated: ${error ?? ''}`);

const withoutSecrets = (
  outputs: Readonly<Record<string, Json>>,
  { masker, recorder }: RunContext,
): Readonly<Record<string, Json>> => {
  const names = Object.keys(outputs);
  const withheld = names.filter((name) => masker.holds(JSON.stringify(outputs[name])));
  if (withheld.length > 0) recorder.warn(`these outputs hold a secret and are not stored: ${withheld.join(', ')}`);
  return Object.fromEntries(
    names.filter((name) => !withheld.includes(name)).map((name) => [name, outputs[name] ?? null]),
  );
};
