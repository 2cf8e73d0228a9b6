import { isContainer, type Step } from '../../language/model/pipeline.js';
import { recordedIdentity } from '../../evaluate/fingerprint.js';
import { childrenOf } from '../../evaluate/inner-list.js';
import type { Decision } from '../../plan/plan.js';
import { recordedLayer } from '../../evaluate/recorded-source.js';
import type { Status } from '../../state/event.js';
import { reliedOn, type StepRecord } from '../../state/run-state.js';
import type { Ending, RunContext } from '../context/run-context.js';

/** Whether a decision keeps what is recorded of a step. */
export const isKept = (decision: Decision): boolean => decision.do === 'restore' || decision.do === 'leave';

/** Settles a step that is kept: what an earlier attempt recorded of it counts. */
export const keepStep = (step: Step, path: string, { decision, context }: Keeping): Ending => {
  const { record: recordOf } = context.live;
  const record = recordOf(path);
  const isRestored = decision.do === 'restore';
  if (isRestored) emitRestored(step, path, { decision, context });
  return {
    status: isRestored ? keptStatus(record?.status) : 'succeeded',
    tolerated: record?.tolerated ?? false,
    ...(record?.error !== undefined && { error: record.error, failedPath: path }),
    identity: recordedIdentity(step, path, recordOf),
    layers: keptLayers(step, path, context),
  };
};

/** What an earlier attempt recorded of a step's exports. */
export const keptLayers = (step: Step, path: string, { live }: RunContext): Ending['layers'] => ({
  live: recordedLayer(step, path, (each) => withoutWithheld(reliedOn(live.record(each)))),
  recorded: recordedLayer(step, path, live.record),
});

type Keeping = { readonly decision: Decision; readonly context: RunContext };

const emitRestored = (step: Step, path: string, keeping: Keeping): void => {
  const { decision, context } = keeping;
  context.recorder.emit({ type: 'step_restored', step: path, because: decision.because });
  for (const child of isContainer(step) ? childrenOf(step, path, context.live.record) : []) {
    if ((context.live.record(child.path)?.status ?? 'skipped') !== 'skipped')
      emitRestored(child.step, child.path, keeping);
  }
};

const keptStatus = (status: Status | 'running' | undefined): Status =>
  status === undefined || status === 'running' ? 'succeeded' : status;

/** A stand-in for a value that was not stored is for fingerprints only. */
const withoutWithheld = (record: StepRecord | undefined): StepRecord | undefined => {
  if (record?.exports?.withheld === undefined) return record;
  const { env, path } = record.exports;
  return { ...record, exports: { env, path } };
};
