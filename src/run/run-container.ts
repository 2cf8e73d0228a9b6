import { formatDuration } from '../base/duration.js';
import { err, ok, type Result } from '../base/result.js';
import type { Json } from '../base/stable-json.js';
import { evaluateTemplate } from '../expressions/evaluate.js';
import { isTemplate } from '../expressions/template-text.js';
import { stepPath, type ContainerStep, type Template } from '../language/pipeline.js';
import { mergeLayers, withLayer, type FrameLayer } from '../plan/export-frame.js';
import { containerFingerprint, envDigest, identityOf } from '../plan/fingerprint.js';
import { listScope, scopeAt, type StatusView, type Viewpoint } from '../plan/step-context.js';
import { evaluateEnv, evaluateText } from '../plan/step-inputs.js';
import type { Produced } from '../state/event.js';
import type { InnerScope } from './abort-scope.js';
import { NO_LAYERS } from './ending.js';
import type { Both, Ending, ListPlace, RunContext } from './run-context.js';
import type { ListEnding, RunList } from './run-list.js';
import type { StepStart } from './run-process-step.js';

/** Runs a container: its steps as a list of their own, within its own time. */
export const runContainer = async (
  step: ContainerStep,
  start: StepStart,
  { context, runList }: { readonly context: RunContext; readonly runList: RunList },
): Promise<Ending> => {
  const path = stepPath(start.place.list.path, step);
  const env = evaluateBoth(step, start);
  const digest = env.ok ? envDigest(start.place.env, env.value.recorded) : '';
  const fingerprint = containerFingerprint(step, { env: digest, needs: start.place.needs });
  const name = evaluateText(step.name, start.scopes.live);
  context.recorder.emit({
    type: 'step_started',
    step: path,
    kind: step.kind,
    name: context.masker.text(name.ok ? name.value : step.name),
    because: start.decision.because,
    fingerprint,
    ...('refresh' in start.decision && { refresh: true }),
  });
  const startedAt = context.ports.clock.now();
  const scope = start.place.scope.inner();
  const timer = watchTime(step, scope, context);
  const list = listScope(path, step.steps, start.place.list);
  const children = env.ok
    ? await runList(
        { list, frames: innerFrames(start.place, env.value), env: digest, needs: start.place.needs, scope },
        context,
      )
    : undefined;
  timer.cancel();
  scope.close();
  const layers = children === undefined ? NO_LAYERS : layersOf(children);
  const ending = closeContainer(step, {
    path,
    children,
    startError: env.ok ? undefined : env.error,
    timedOut: timer.fired(),
  });
  const view: Viewpoint = { list, env: () => context.flatten(start.place.frames.live).env, status: ALL_WELL };
  const outputs = ending.status === 'succeeded' ? evaluateOutputs(step.outputs, view, context) : ok({});
  const result = outputs.ok ? ending : { ...ending, status: 'failed' as const, error: outputs.error, failedPath: path };
  const produced = {
    duration_ms: context.ports.clock.now() - startedAt,
    ...(outputs.ok && keptOutputs(path, outputs.value, context)),
  };
  const tolerated = result.status !== 'succeeded' && result.status !== 'aborted' && step.continueOnError;
  emitEnd(path, { ...result, tolerated }, { produced, context });
  return {
    ...result,
    tolerated,
    identity: identityOf(fingerprint, children?.endings.map(({ identity }) => identity) ?? []),
    layers,
  };
};

type Env = Readonly<Record<string, string>>;

const evaluateBoth = (step: ContainerStep, { scopes }: StepStart): Result<Both<Env>> => {
  const live = evaluateEnv(step.env, scopes.live);
  if (!live.ok) return live;
  const recorded = evaluateEnv(step.env, scopes.recorded);
  return recorded.ok ? ok({ live: live.value, recorded: recorded.value }) : recorded;
};

const innerFrames = ({ frames }: ListPlace, env: Both<Env>): ListPlace['frames'] => {
  const live = withLayer(frames.live, { env: env.live, path: [] });
  const same = frames.live === frames.recorded && env.live === env.recorded;
  return { live, recorded: same ? live : withLayer(frames.recorded, { env: env.recorded, path: [] }) };
};

const watchTime = (
  { timeoutMs }: ContainerStep,
  scope: InnerScope,
  { ports }: RunContext,
): { readonly cancel: () => void; readonly fired: () => boolean } => {
  let fired = false;
  if (timeoutMs === undefined) return { cancel: () => undefined, fired: () => false };
  const cancel = ports.clock.after(timeoutMs, () => {
    fired = scope.cause() === undefined;
    scope.abort({ cause: 'timeout-of-container', atOnce: false });
  });
  return { cancel, fired: () => fired };
};

/** What the steps of a container exported, in the order of the file. */
const layersOf = ({ endings }: ListEnding): Both<FrameLayer> => ({
  live: mergeLayers(endings.map(({ layers }) => layers.live)),
  recorded: mergeLayers(endings.map(({ layers }) => layers.recorded)),
});

type Closing = {
  readonly path: string;
  readonly children: ListEnding | undefined;
  readonly startError: string | undefined;
  readonly timedOut: boolean;
};

type ContainerEnding = Pick<Ending, 'status' | 'tolerated' | 'cause' | 'error' | 'failedPath'>;

const closeContainer = (step: ContainerStep, { path, children, startError, timedOut }: Closing): ContainerEnding => {
  if (startError !== undefined) return { status: 'failed', tolerated: false, error: startError, failedPath: path };
  if (timedOut) {
    const error = `timed out after ${formatDuration(step.timeoutMs ?? 0)}`;
    return { status: 'timed_out', tolerated: false, error, failedPath: path };
  }
  return children?.summary ?? { status: 'succeeded', tolerated: false };
};

/** The status functions where nothing has failed. */
export const ALL_WELL: StatusView = { success: true, failure: false };

/** Evaluates declared outputs against the steps of a list that has ended. */
export const evaluateOutputs = (
  templates: Readonly<Record<string, Template>>,
  view: Viewpoint,
  context: RunContext,
): Result<Readonly<Record<string, Json>>> => {
  const outputs: Record<string, Json> = {};
  for (const [name, template] of Object.entries(templates)) {
    const value = isTemplate(template) ? evaluateTemplate(template, scopeAt(view, context.live)) : ok(template);
    if (!value.ok) return err(`outputs.${name}: ${value.error}`);
    outputs[name] = value.value;
  }
  return ok(outputs);
};

/** Outputs as they may be stored; ones that hold a secret stay with this run. */
const keptOutputs = (
  path: string,
  outputs: Readonly<Record<string, Json>>,
  { masker, liveOutputs }: RunContext,
): Partial<Produced> => {
  const withheld = Object.keys(outputs).filter((name) => masker.holds(JSON.stringify(outputs[name])));
  if (withheld.length > 0) liveOutputs.set(path, outputs);
  const kept = Object.fromEntries(Object.entries(outputs).filter(([name]) => !withheld.includes(name)));
  return {
    ...(Object.keys(kept).length > 0 && { outputs: kept }),
    ...(withheld.length > 0 && { withheld }),
  };
};

type End = { readonly produced: Produced; readonly context: RunContext };

const emitEnd = (step: string, ending: ContainerEnding, { produced, context }: End): void => {
  const { emit } = context.recorder;
  const error = context.masker.text(ending.error ?? 'a step in it failed');
  if (ending.tolerated) {
    emit({ type: 'step_continue_on_error', step, status: ending.status, error, ...produced });
    return;
  }
  switch (ending.status) {
    case 'failed':
    case 'errored':
      emit({ type: 'step_failed', step, status: ending.status, error, ...produced });
      return;
    case 'timed_out':
      emit({ type: 'step_timed_out', step, error, ...produced });
      return;
    case 'aborted':
      emit({ type: 'step_aborted', step, by: ending.cause ?? 'signal', error, ...produced });
      return;
    case 'succeeded':
    case 'skipped':
    case 'waiting':
      emit({ type: 'step_succeeded', step, ...produced });
      return;
  }
};
