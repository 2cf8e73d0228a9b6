import { formatDuration } from '../base/duration.js';
import { ok, type Result } from '../base/result.js';
import type { Json } from '../base/stable-json.js';
import { stepPath, type ContainerStep } from '../language/pipeline.js';
import { mergeLayers, withLayer, type FrameLayer } from '../plan/export-frame.js';
import { containerFingerprint, envDigest, recordedIdentity } from '../plan/fingerprint.js';
import { listScope } from '../plan/step-context.js';
import { evaluateEnv } from '../plan/step-inputs.js';
import type { Produced } from '../state/event.js';
import type { InnerScope } from './abort-scope.js';
import { failBeforeStart } from './not-started.js';
import { evaluateOutputs, withholdOutputs } from './outputs.js';
import { resolveStep } from './resolve-step.js';
import type { Both, Ending, ListEnding, ListPlace, ListSum, RunContext, RunList, StepStart } from './run-context.js';
import { learnSecrets } from './secret-values.js';
import { startStep } from './start-step.js';

/** Runs a container: its steps as a list of their own, within its own time. */
export const runContainer = async (
  step: ContainerStep,
  start: StepStart,
  { context, runList }: { readonly context: RunContext; readonly runList: RunList },
): Promise<Ending> => {
  const path = stepPath(start.place.list.path, step);
  const env = evaluateBoth(step, start);
  if (!env.ok) return failBeforeStart(step, start, { status: 'failed', error: env.error, context });
  learnSecrets(env.value.live, context);
  const digest = envDigest(start.place.env, env.value.recorded);
  const fingerprint = containerFingerprint(step, { env: digest, needs: start.place.needs });
  startStep(step, start, { path, fingerprint, context });
  const startedAt = context.ports.clock.now();
  const scope = start.place.scope.inner();
  const timer = watchTime(step, scope, context);
  const list: ListPlace = {
    list: listScope(path, step.steps, start.place.list),
    frames: innerFrames(start.place, env.value),
    env: digest,
    needs: start.place.needs,
    scope,
  };
  const children = await runList(list, context);
  timer.cancel();
  scope.close();
  const sum = timer.fired() ? timedOut(step, path) : children.sum;
  const { outputs, ending } = closeContainer(step, { path, sum, children, place: list }, context);
  const produced = { duration_ms: context.ports.clock.now() - startedAt, ...outputs };
  resolveStep(path, { ...ending, produced }, context.recorder);
  const identity = recordedIdentity(step, path, context.live.record);
  return { ...ending, identity, layers: layersOf(children) };
};

type Env = Readonly<Record<string, string>>;

const evaluateBoth = (step: ContainerStep, { scopes }: StepStart): Result<Both<Env>> => {
  const live = evaluateEnv(step.env, scopes.live);
  if (!live.ok) return live;
  const recorded = evaluateEnv(step.env, scopes.recorded);
  return recorded.ok ? ok({ live: live.value, recorded: recorded.value }) : recorded;
};

const innerFrames = ({ frames }: ListPlace, env: Both<Env>): ListPlace['frames'] => ({
  live: withLayer(frames.live, { env: env.live, path: [] }),
  recorded: withLayer(frames.recorded, { env: env.recorded, path: [] }),
});

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

const timedOut = ({ timeoutMs = 0 }: ContainerStep, path: string): ListSum => ({
  status: 'timed_out',
  tolerated: false,
  error: `timed out after ${formatDuration(timeoutMs)}`,
  failedPath: path,
});

type Closing = {
  readonly path: string;
  readonly sum: ListSum;
  readonly children: ListEnding;
  readonly place: ListPlace;
};

/** Outputs are evaluated however it ended, for what runs after failures; one that raises fails what had succeeded. */
const closeContainer = (
  step: ContainerStep,
  { path, sum, children, place }: Closing,
  context: RunContext,
): { readonly outputs: Partial<Produced>; readonly ending: ListSum } => {
  const ended = { list: place.list, frame: place.frames.live, endings: children.endings };
  const outputs = evaluateOutputs(step.outputs, ended, context);
  const failed: ListSum = outputs.ok || sum.status !== 'succeeded' ? sum : brokenOutputs(outputs.error, path);
  const tolerated = failed.status !== 'succeeded' && failed.status !== 'aborted' && step.continueOnError;
  return {
    outputs: outputs.ok ? keptOutputs(path, outputs.value, context) : {},
    ending: { ...failed, tolerated },
  };
};

const brokenOutputs = (error: string, path: string): ListSum => ({
  status: 'failed',
  tolerated: false,
  error,
  failedPath: path,
});

/** Outputs as they may be stored; ones that hold a secret stay with this run. */
const keptOutputs = (path: string, outputs: Readonly<Record<string, Json>>, context: RunContext): Partial<Produced> => {
  const { kept, withheld } = withholdOutputs(`"${path}"`, outputs, context);
  if (withheld.length > 0) context.liveOutputs.set(path, outputs);
  return {
    ...(Object.keys(kept).length > 0 && { outputs: kept }),
    ...(withheld.length > 0 && { withheld }),
  };
};

/** What the steps of a container exported, in the order of the file. */
const layersOf = ({ endings }: ListEnding): Both<FrameLayer> => ({
  live: mergeLayers(endings.map(({ layers }) => layers.live)),
  recorded: mergeLayers(endings.map(({ layers }) => layers.recorded)),
});
