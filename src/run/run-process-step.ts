import { err, ok, type Result } from '../base/result.js';
import { stepPath, type ProcessStep } from '../language/pipeline.js';
import { processFingerprint, recordedIdentity } from '../plan/fingerprint.js';
import { recordedLayer } from '../plan/recorded-source.js';
import { evaluateInputs, type StepInputs } from '../plan/step-inputs.js';
import type { Fingerprint } from '../state/event.js';
import { unfinishedSince } from '../state/run-state.js';
import { emitEnding } from './emit-ending.js';
import { failBeforeStart } from './not-started.js';
import type { Ending, RunContext, StepStart } from './run-context.js';
import { runScripts, type ScriptsEnding } from './run-scripts.js';
import { learnSecrets } from './secret-values.js';
import { startStep } from './start-step.js';

/** Runs a step that starts processes, from its fingerprint to the event that ends it. */
export const runProcessStep = async (step: ProcessStep, start: StepStart, context: RunContext): Promise<Ending> => {
  const path = stepPath(start.place.list.path, step);
  const prepared = await prepare(step, start, context);
  if (!prepared.ok) return failBeforeStart(step, start, { ...prepared.error, context });
  const { inputs, fingerprint } = prepared.value;
  await removeUnfinished(path, inputs, context);
  startStep(step, start, { path, fingerprint, context });
  const startedAt = context.ports.clock.now();
  const ended = await attempt(step, { ...start, path, inputs }, context);
  const durationMs = context.ports.clock.now() - startedAt;
  const resolution = emitEnding(step, { path, ended, durationMs }, context);
  await keepCheckpoint(path, resolution, context);
  const recorded = recordedLayer(step, path, context.live.record);
  return {
    ...resolution,
    ...(resolution.error !== undefined && { failedPath: path }),
    identity: recordedIdentity(step, path, context.live.record),
    layers: { live: ended.exports, recorded },
  };
};

const keepCheckpoint = async (
  path: string,
  ending: Pick<Ending, 'status' | 'tolerated'>,
  context: RunContext,
): Promise<void> => {
  const { ports, recorder } = context;
  if (ports.checkpoints === undefined) return;
  const isDone = ending.status === 'succeeded' || ending.tolerated;
  await ports.checkpoints.stepEnded({ path, isDone }, recorder.state());
};

type Prepared = { readonly inputs: StepInputs; readonly fingerprint: Fingerprint };

/** An expression that raises is the user's; files that cannot be read are the machine's. */
type Unprepared = { readonly status: 'failed' | 'errored'; readonly error: string };

/** Evaluates what the step depends on, as it is and as it is recorded. */
const prepare = async (
  step: ProcessStep,
  { place, scopes }: StepStart,
  context: RunContext,
): Promise<Result<Prepared, Unprepared>> => {
  const inputs = evaluateInputs(step, scopes.live);
  if (!inputs.ok) return err({ status: 'failed', error: inputs.error });
  learnSecrets(inputs.value.env, context);
  const recorded = evaluateInputs(step, scopes.recorded);
  if (!recorded.ok) return err({ status: 'failed', error: recorded.error });
  const reads = inputs.value.reads.length === 0 ? ok('') : await context.files.digest(inputs.value.reads);
  if (!reads.ok) return err({ status: 'errored', error: `what it reads cannot be read: ${reads.error}` });
  const fingerprint = processFingerprint(step, recorded.value, {
    env: place.env,
    needs: place.needs,
    reads: reads.value,
  });
  return ok({ inputs: inputs.value, fingerprint });
};

/** What an interrupted attempt may have written by halves goes before the step runs again. */
const removeUnfinished = async (path: string, { writes }: StepInputs, context: RunContext): Promise<void> => {
  const sinceMs = unfinishedSince(context.recorder.state().steps.get(path));
  if (sinceMs === undefined || writes.length === 0) return;
  const removed = await context.files.removeUnfinished(writes, sinceMs);
  if (!removed.ok) context.recorder.warn(`what "${path}" left unfinished stays: ${removed.error}`, path);
};

type ReadyStep = StepStart & { readonly path: string; readonly inputs: StepInputs };

const attempt = (step: ProcessStep, ready: ReadyStep, context: RunContext): Promise<ScriptsEnding> => {
  const { path, inputs, place } = ready;
  return runScripts(
    {
      step,
      path,
      inputs,
      frame: place.frames.live,
      scope: place.scope,
      attempt: 1,
      onStart: ({ pid, processStart }) => {
        context.recorder.emit({ type: 'attempt_started', step: path, try: 1, pid, process_start: processStart });
      },
    },
    context,
  );
};
