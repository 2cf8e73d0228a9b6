import { ok, type Result } from '../base/result.js';
import { stepPath, type ProcessStep } from '../language/pipeline.js';
import { identityOf, processFingerprint } from '../plan/fingerprint.js';
import { recordedLayer } from '../plan/recorded-source.js';
import { evaluateInputs, evaluateText, type StepInputs } from '../plan/step-inputs.js';
import type { Decision } from '../plan/plan.js';
import type { Fingerprint } from '../state/event.js';
import type { Scope } from '../expressions/evaluate.js';
import { describeOutcome } from './attempt.js';
import { emitEnding } from './emit-ending.js';
import type { Outcome } from './ending.js';
import type { Both, Ending, ListPlace, RunContext } from './run-context.js';
import { runScripts, type ScriptsEnding } from './run-scripts.js';

/** A step about to run: its place, why it runs, and how its expressions are evaluated. */
export type StepStart = {
  readonly place: ListPlace;
  readonly decision: Decision;
  readonly scopes: Both<Scope>;
};

/** Runs a step that starts processes, from its fingerprint to the event that ends it. */
export const runProcessStep = async (step: ProcessStep, start: StepStart, context: RunContext): Promise<Ending> => {
  const path = stepPath(start.place.list.path, step);
  const prepared = await prepare(step, start, context);
  const fingerprint = prepared.ok ? prepared.value.fingerprint : UNKNOWN_FINGERPRINT;
  if (prepared.ok) await removeUnfinished(path, prepared.value.inputs, context);
  context.recorder.emit({
    type: 'step_started',
    step: path,
    kind: step.kind,
    name: context.masker.text(nameOf(step, start.scopes.live)),
    because: start.decision.because,
    fingerprint,
    ...('refresh' in start.decision && { refresh: true }),
  });
  const startedAt = context.ports.clock.now();
  const ended = prepared.ok
    ? await attempt(step, { ...start, path, inputs: prepared.value.inputs }, context)
    : cannotStart(prepared.error);
  const durationMs = context.ports.clock.now() - startedAt;
  const { status, tolerated } = emitEnding(step, { path, ended, durationMs }, context);
  const recorded = recordedLayer(step, path, context.live.record);
  return {
    status,
    tolerated,
    ...(ended.outcome.kind === 'aborted' && { cause: ended.outcome.by }),
    ...(ended.outcome.kind !== 'succeeded' && { error: describeOutcome(ended.outcome), failedPath: path }),
    identity: identityOf(fingerprint),
    layers: { live: ended.exports, recorded },
  };
};

type Prepared = { readonly inputs: StepInputs; readonly fingerprint: Fingerprint };

const UNKNOWN_FINGERPRINT: Fingerprint = { definition: '', directory: '', env: '', reads: '', needs: '' };

/** Evaluates what the step depends on, as it is and as it is recorded. */
const prepare = async (step: ProcessStep, start: StepStart, { files }: RunContext): Promise<Result<Prepared>> => {
  const inputs = evaluateInputs(step, start.scopes.live);
  if (!inputs.ok) return inputs;
  const recorded = evaluateInputs(step, start.scopes.recorded);
  if (!recorded.ok) return recorded;
  const reads = inputs.value.reads.length === 0 ? ok('') : await files.digest(inputs.value.reads);
  if (!reads.ok) return reads;
  const { env, needs } = start.place;
  return ok({
    inputs: inputs.value,
    fingerprint: processFingerprint(step, recorded.value, { env, needs, reads: reads.value }),
  });
};

/** What an interrupted attempt may have written by halves goes before the step runs again. */
const removeUnfinished = async (path: string, { writes }: StepInputs, context: RunContext): Promise<void> => {
  const before = context.recorder.state().steps.get(path);
  const interrupted = before?.status === 'running' || before?.status === 'aborted';
  if (!interrupted || writes.length === 0) return;
  const removed = await context.files.removeUnfinished(writes, before.startedAt);
  if (!removed.ok) context.recorder.warn(`what "${path}" left unfinished stays: ${removed.error}`, path);
};

/** The name as its template evaluates; as it is written where that fails, since a name decides nothing. */
const nameOf = (step: ProcessStep, scope: Scope): string => {
  const name = evaluateText(step.name, scope);
  return name.ok ? name.value : step.name;
};

type ReadyStep = StepStart & { readonly path: string; readonly inputs: StepInputs };

const attempt = async (step: ProcessStep, ready: ReadyStep, context: RunContext): Promise<ScriptsEnding> => {
  const { path, inputs, place } = ready;
  for (const name of context.pipeline.secrets) context.masker.add(inputs.env[name] ?? '');
  const ended = await runScripts(
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
  return ended;
};

const cannotStart = (message: string): ScriptsEnding => ({
  outcome: { kind: 'failed', exitCode: 1, message } satisfies Outcome,
  outputs: {},
  exports: { env: {}, path: [] },
  stdout: '',
  stderr: '',
});
