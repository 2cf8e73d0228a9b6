import { never } from '../../base/assert.js';
import { coveredBytes } from '../../checkpoint/chain.js';
import type { FrameLayer } from '../../evaluate/context/export-frame.js';
import type { JobFolder } from '../../machine/job/job-folder.js';
import type { CheckpointReport } from '../../report/job-verdict.js';
import type { RunResult } from '../../run/host.js';
import { isFinished, type RunState } from '../../state/run-state.js';
import type { ActionDisplay } from '../log/action-display.js';
import type { ActionInputs } from '../runner/action-inputs.js';
import type { ChainLog } from '../store/chain-log.js';
import type { JobStores } from '../store/connect-stores.js';
import { exportToJob, giveOutputs, recordedExports } from '../runner/job-environment.js';
import { jobOutputs } from '../runner/job-outputs.js';
import type { JobSignals } from '../runner/job-signals.js';
import type { JobWork } from './job-work.js';
import { refuseMistakes, refuseRun } from '../log/refuse-job.js';
import { writeJobSummary } from '../log/summary-file.js';

/** A run in a job that has ended, or never began. */
export type EndedJob = {
  readonly result: RunResult;
  readonly inputs: ActionInputs;
  readonly display: ActionDisplay;
  readonly signals: JobSignals;
  readonly chain: ChainLog;
  readonly stores: JobStores | undefined;
  readonly folder: JobFolder;
  /** The file the runner reads the job summary from. */
  readonly summaryFile: string | undefined;
  /** Absent if the workspace was never opened. */
  readonly work?: JobWork | undefined;
};

/** Saves unsaved checkpoints, reports the result and sets the job's outputs; returns the exit code. */
export const finishJob = async (job: EndedJob): Promise<number> => {
  try {
    return await finish(job);
  } finally {
    await job.stores?.close();
  }
};

const finish = async (job: EndedJob): Promise<number> => {
  const { result, display } = job;
  switch (result.kind) {
    case 'invalid':
      return refuseMistakes(result.diagnostics, display);
    case 'refused':
      return refuseRun(result.message, display);
    case 'nothing-to-do':
      return finishRun(job, { state: result.state, nothingToDo: true, exports: recordedExports(result.state) });
    case 'ended':
      return finishRun(job, { state: result.state, nothingToDo: false, exports: result.exports });
    default:
      return never(result);
  }
};

type Ended = { readonly state: RunState; readonly nothingToDo: boolean; readonly exports: FrameLayer };

const finishRun = async (job: EndedJob, { state, nothingToDo, exports }: Ended): Promise<number> => {
  const { display, signals, chain } = job;
  const outcome = isFinished(state) ? 'succeeded' : state.status === 'aborted' ? 'aborted' : 'failed';
  chain.add({ type: 'ended', outcome });
  const exported = exportToJob(exports);
  if (!exported.ok) display.warning(exported.error);
  const checkpoint = await saveRest(job, outcome);
  const signal = signals.received();
  const interrupted = display.interrupted();
  const end = {
    ...{ state, nothingToDo, checkpoint },
    ...(signal !== undefined && { signal }),
    ...(interrupted !== undefined && { interrupted }),
  };
  display.finish(end);
  const outputs = giveOutputs(jobOutputs({ ...end, warnings: warningsOf(state, display) }));
  if (!outputs.ok) display.warning(outputs.error);
  writeJobSummary({
    ...end,
    file: job.summaryFile,
    elapsedMs: display.elapsedMs(state),
    logsFolder: job.work?.logsFolder ?? '',
    warnings: warningsOf(state, display),
    warn: display.warning,
  });
  display.issueHeld();
  return outcome === 'succeeded' ? 0 : 1;
};

/** Without duplicates: some warnings are both shown when they occur and recorded in the run. */
const warningsOf = (state: RunState, display: ActionDisplay): readonly string[] => [
  ...new Set([...state.warnings, ...display.warnings()]),
];

/**
 * Saves a failed run at once, because the machine may be gone before `post`. After a success, `post` checks whether the
 * whole job succeeded; after an abort there is no time for uploads.
 */
const saveRest = async (
  { work, chain, stores, inputs }: EndedJob,
  outcome: 'succeeded' | 'failed' | 'aborted',
): Promise<CheckpointReport> => {
  if (!inputs.checkpoint) return { status: 'off' };
  if (stores === undefined || work === undefined) return { status: 'none' };
  if (outcome === 'aborted') return { status: 'pending' };
  if (outcome === 'failed') {
    const report = afterFailure(await work.saveRest(), chain);
    return { ...report, again: Object.keys(chain.state().must_rerun) };
  }
  const { trouble, tooLarge, lastSaved } = chain.state();
  const detail = trouble ?? tooLarge?.message;
  if (detail !== undefined) return { status: 'failed', detail };
  return { status: lastSaved === undefined ? 'none' : 'saved' };
};

const afterFailure = (saved: Awaited<ReturnType<JobWork['saveRest']>>, chain: ChainLog): CheckpointReport => {
  if (saved === undefined) return { status: 'none' };
  if (saved.kind === 'saved') return { status: 'saved' };
  const state = chain.state();
  if ('message' in saved) return { status: 'failed', detail: saved.message };
  return coveredBytes(state, []) > 0 || state.lastSaved !== undefined ? { status: 'saved' } : { status: 'none' };
};
