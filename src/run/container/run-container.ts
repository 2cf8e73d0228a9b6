import type { Both } from '../../evaluate/context/site.js';
import { formatDuration } from '../../base/duration.js';
import type { Json } from '../../base/stable-json.js';
import type { ContainerStep } from '../../language/model/pipeline.js';
import { mergeLayers, type FrameLayer } from '../../evaluate/context/export-frame.js';
import { containerFingerprint } from '../../evaluate/fingerprint.js';
import { failedInstead, settleStep, showUnsettled, type Begun, type Worked, startStep } from '../step/begun-step.js';
import type { InnerScope } from '../context/abort-scope.js';
import { enterContainer } from '../../evaluate/enter-container.js';
import { calledFallbacks } from '../../evaluate/kinds/kinds.js';
import { learnSecrets } from '../context/secret-values.js';
import { NOTHING_CLAIMED } from '../context/slots.js';
import { runWithFallbacks } from '../fallback/fire-fallbacks.js';
import { listSite, type ContainerWork, type OpenContainer, type RanList, type Unready } from './container-work.js';
import { checkProduced } from '../process/expect.js';
import { failBeforeStart, skipStep } from '../step/not-run.js';
import { evaluateOutputs, withholdOutputs } from '../context/outputs.js';
import { prepareContainer } from './prepare-container.js';
import type { Ending, ListEnding, ListSum, Engine, RunContext, StepStart } from '../context/run-context.js';

/**
 * Begins a container: evaluates its dependencies and which of its steps run. If that fails or no arm is chosen, the
 * container has ended.
 */
export const beginContainer = (step: ContainerStep, start: StepStart, engine: Engine): Begun => {
  const { context } = engine;
  const entered = enterContainer(step, start.site, { sources: context, status: start.status });
  for (const env of entered.declared) learnSecrets(env, context);
  const problem = entered.problems.live ?? entered.problems.recorded;
  if (problem !== undefined)
    return { ended: failBeforeStart(step, start, { status: 'failed', error: problem, context }) };
  const open: OpenContainer = { ...entered, start };
  const prepared = prepareContainer(step, open, engine);
  if (!prepared.ok) return { ended: endUnready(step, { start, unready: prepared.error }, context) };
  const work = prepared.value;
  const { path, site, values } = open;
  const fingerprint = containerFingerprint(step, { env: site.env, values, needs: site.needs });
  startStep(step, start, { path, fingerprint, keepsChoice: work.keepsChoice, context });
  work.tell?.();
  const startedAt = context.ports.clock.now();
  return {
    work: () => withCalledFallbacks(step, { open, work: () => workOf(step, { open, work }, context) }, engine),
    settle: (worked) => {
      const durationMs = context.ports.clock.now() - startedAt;
      return Promise.resolve(settleStep(step, { listPath: site.list.path, worked, durationMs }, context));
    },
  };
};

type Calling = { readonly open: OpenContainer; readonly work: () => Promise<Worked> };

/** The work of a call, wrapped in the fallbacks of the called file. */
const withCalledFallbacks = (step: ContainerStep, { open, work }: Calling, engine: Engine): Promise<Worked> => {
  const called = calledFallbacks(step, open.path);
  if (called === undefined) return work();
  const site = listSite(step, open, engine);
  const settle = (worked: Worked): Promise<Worked> => Promise.resolve(worked);
  return runWithFallbacks(
    { ...called, site },
    { work, instead: failedInstead, settle, claimed: NOTHING_CLAIMED },
    engine,
  );
};

type Refused = { readonly start: StepStart; readonly unready: Unready };

const endUnready = (step: ContainerStep, { start, unready }: Refused, context: RunContext): Ending =>
  unready.kind === 'skips'
    ? skipStep(step, start, { held: { by: 'condition', because: unready.because }, context })
    : failBeforeStart(step, start, { ...unready, context });

type Working = { readonly open: OpenContainer; readonly work: ContainerWork };

const workOf = async (step: ContainerStep, { open, work }: Working, context: RunContext): Promise<Worked> => {
  const scope = open.site.scope.inner();
  const timer = watchTime(step, scope, context);
  const ran = await work.run(scope);
  timer.cancel();
  scope.close();
  const sum = timer.fired() ? timedOut(step, open.path) : ran.sum;
  const worked = closeContainer(open.path, { work, ran, sum }, context);
  showUnsettled(open.path, worked, context);
  return worked.status === 'succeeded' ? checkContainer(step, { open, worked }, context) : worked;
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

const timedOut = ({ timeoutMs = 0 }: ContainerStep, path: string): ListSum => ({
  status: 'timed_out',
  tolerated: false,
  error: `timed out after ${formatDuration(timeoutMs)}`,
  failedPath: path,
});

type Closing = { readonly work: ContainerWork; readonly ran: RanList; readonly sum: ListSum };

/** Evaluates outputs even after a failure, for steps that run on failure; an error fails a successful container. */
const closeContainer = (path: string, { work, ran, sum }: Closing, context: RunContext): Worked => {
  const { list, frames } = ran.site;
  const outputs = evaluateOutputs(work.outputs, { list, frame: frames.live, endings: ran.endings }, context);
  return {
    ...(outputs.ok || sum.status !== 'succeeded' ? sum : failedWith(outputs.error, path)),
    produced: outputs.ok ? keptOutputs(path, outputs.value, context) : {},
    layers: layersOf(ran),
  };
};

const failedWith = (error: string, path: string): ListSum => ({
  status: 'failed',
  tolerated: false,
  error,
  failedPath: path,
});

/** The outputs that may be stored; those that hold a secret exist only in this run. */
const keptOutputs = (
  path: string,
  outputs: Readonly<Record<string, Json>>,
  context: RunContext,
): Worked['produced'] => {
  const { kept, withheld } = withholdOutputs(`"${path}"`, outputs, context);
  if (withheld.length > 0) context.liveOutputs.set(path, outputs);
  else context.liveOutputs.delete(path);
  return {
    ...(Object.keys(kept).length > 0 && { outputs: kept }),
    ...(withheld.length > 0 && { withheld }),
  };
};

/** The exports of a container's steps, in file order. */
const layersOf = ({ endings }: ListEnding): Both<FrameLayer> => ({
  live: mergeLayers(endings.map(({ layers }) => layers.live)),
  recorded: mergeLayers(endings.map(({ layers }) => layers.recorded)),
});

type Checking = { readonly open: OpenContainer; readonly worked: Worked };

const checkContainer = async (
  { expect }: ContainerStep,
  { open: { path, scopes }, worked }: Checking,
  context: RunContext,
): Promise<Worked> => {
  if (expect.length === 0) return worked;
  const { error, warnings } = await checkProduced(expect, { path, scope: scopes.live }, context);
  const checked: Worked = {
    ...worked,
    ...(error !== undefined && failedWith(error, path)),
    produced: { ...worked.produced, ...(warnings.length > 0 && { warnings }) },
  };
  showUnsettled(path, checked, context);
  return checked;
};
