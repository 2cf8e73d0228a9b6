import { err, ok, type Result } from '../../base/result.js';
import { stepPath, type ProcessStep } from '../../language/model/pipeline.js';
import { processFingerprint } from '../../evaluate/fingerprint.js';
import { recordedLayer } from '../../evaluate/recorded-source.js';
import { evaluateInputs, type StepInputs } from '../../evaluate/context/step-inputs.js';
import type { Fingerprint } from '../../state/event.js';
import { unfinishedSince } from '../../state/run-state.js';
import { settleStep, type Begun, type Worked, startStep } from './begun-step.js';
import { failBeforeStart } from './not-run.js';
import { sumOf } from '../process/produced.js';
import { runAttempts, type LastAttempt } from './run-attempts.js';
import type { Ending, RunContext, StepStart } from '../context/run-context.js';
import { learnSecrets } from '../context/secret-values.js';

/** Begins a process step: evaluates its inputs and removes half-written files of an interrupted attempt. */
export const beginProcessStep = async (step: ProcessStep, start: StepStart, context: RunContext): Promise<Begun> => {
  const listPath = start.site.list.path;
  const path = stepPath(listPath, step);
  const prepared = await prepare(step, start, context);
  if (!prepared.ok) return { ended: failBeforeStart(step, start, { ...prepared.error, context }) };
  const { inputs, fingerprint } = prepared.value;
  await removeUnfinished(path, inputs, context);
  startStep(step, start, { path, fingerprint, context });
  const startedAt = context.ports.clock.now();
  return {
    work: async () =>
      workOf(step, path, { last: await runAttempts({ ...start, step, path, inputs }, context), context }),
    settle: async (worked) => {
      const durationMs = context.ports.clock.now() - startedAt;
      const ending = settleStep(step, { listPath, worked, durationMs }, context);
      if (start.site.isFallback !== true) await keepCheckpoint(path, ending, context);
      return ending;
    },
  };
};

const workOf = (
  step: ProcessStep,
  path: string,
  { last: { ended, produced }, context }: { readonly last: LastAttempt; readonly context: RunContext },
): Worked => {
  keepSummary(path, ended.summary, context);
  warnWithheld(path, produced, context);
  const recorded = recordedLayer(step, path, context.live.record);
  return { ...sumOf(ended.outcome), produced, layers: { live: ended.exports, recorded } };
};

const keepSummary = (path: string, markdown: string, { ports, masker, recorder }: RunContext): void => {
  if (markdown === '') return;
  const stored = ports.logs.summary(path, masker.text(markdown));
  if (!stored.ok) recorder.warn(`the summary of "${path}" is not stored: ${stored.error}`, path);
};

const warnWithheld = (path: string, { withheld = [], exports }: Worked['produced'], { recorder }: RunContext): void => {
  const names = [...withheld, ...(exports?.withheld ?? [])];
  if (names.length === 0) return;
  const [hold, areNotSaved] = names.length > 1 ? ['hold', 'they are not saved'] : ['holds', 'it is not saved'];
  recorder.warn(
    `${names.join(', ')} of "${path}" ${hold} a secret, so ${areNotSaved}; on resume "${path}" runs again if a later step needs to run`,
    path,
  );
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

/** `failed`: an expression cannot be evaluated. `errored`: files cannot be read. */
type Unprepared = { readonly status: 'failed' | 'errored'; readonly error: string };

/** Evaluates the step's inputs from live values, and its fingerprint from recorded ones. */
const prepare = async (
  step: ProcessStep,
  { site, scopes }: StepStart,
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
    env: site.env,
    values: site.values,
    needs: site.needs,
    reads: reads.value,
  });
  return ok({ inputs: inputs.value, fingerprint });
};

/** Removes files that an interrupted attempt may have left half-written. */
const removeUnfinished = async (path: string, { writes }: StepInputs, context: RunContext): Promise<void> => {
  const sinceMs = unfinishedSince(context.recorder.state().steps.get(path));
  if (sinceMs === undefined || writes.length === 0) return;
  const removed = await context.files.removeUnfinished(writes, sinceMs);
  if (!removed.ok) context.recorder.warn(`cannot remove the unfinished files of "${path}": ${removed.error}`, path);
};
