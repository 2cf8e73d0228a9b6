import { availableParallelism } from 'node:os';
import { readFacts, type Surroundings } from '../../machine/facts.js';
import { jobFolder, makeJobFolder } from '../../machine/job/job-folder.js';
import { newNonce } from '../../machine/new-id.js';
import { calledFilesIn, findPipelineFile } from '../../machine/workspace/pipeline-file.js';
import type { Write } from '../../machine/files/descriptor.js';
import { ANSI } from '../../report/text/paint.js';
import type { Host } from '../../run/host.js';
import { runPipeline } from '../../run-pipeline.js';
import { createActionDisplay } from '../log/action-display.js';
import { readActionInputs, type ActionInputs } from '../runner/action-inputs.js';
import { openChainLog } from '../store/chain-log.js';
import { connectStores, whyNoStores } from '../store/connect-stores.js';
import { finishJob, type EndedJob } from './finish-job.js';
import { readJobIdentity } from '../runner/job-identity.js';
import { listenToRunner, type JobSignals } from '../runner/job-signals.js';
import type { JobWork } from './job-work.js';
import { openJob } from './open-job.js';
import { savePostState } from '../runner/post-state.js';
import { refuseInputs } from '../log/refuse-job.js';

/** The surroundings of the action. */
export type JobStart = {
  readonly surroundings: Surroundings;
  /** Writes to the log of the job. */
  readonly write: Write;
  /** The command line of the worker process. */
  readonly storeProgram: readonly string[];
};

/** The main part of the action: runs the pipeline, or resumes an earlier attempt; returns the exit code. */
export const runInJob = async (start: JobStart): Promise<number> => {
  const { surroundings, write } = start;
  const display = createActionDisplay({ write, paint: ANSI }, newNonce(STOP_TOKEN_BYTES));
  const inputs = readActionInputs(surroundings.env);
  if (!inputs.ok) return refuseInputs(inputs.error, display);
  const signals = listenToRunner(() => process.exit(1));
  try {
    return await finishJob(await runHere(start, { inputs: inputs.value, display, signals }));
  } finally {
    signals.release();
  }
};

const STOP_TOKEN_BYTES = 16;
const START_NONCE_BYTES = 4;

type Ready = {
  readonly inputs: ActionInputs;
  readonly display: EndedJob['display'];
  readonly signals: JobSignals;
};

/** Saves the state for `post` first, because `post` has to act whatever happens after that. */
const runHere = async ({ surroundings, storeProgram }: JobStart, ready: Ready): Promise<EndedJob> => {
  const { inputs, display, signals } = ready;
  const facts = readFacts(surroundings);
  const identity = readJobIdentity(surroundings.env, inputs, newNonce(START_NONCE_BYTES));
  const tellPost = (workDir: string): void => {
    savePostState({ version: 1, identity, tempDir: facts.tempDir, workDir });
  };
  tellPost('');
  const folder = jobFolder(facts.tempDir, identity.nonce);
  const made = makeJobFolder(folder);
  const source = findPipelineFile(facts.workspace, inputs.pipeline);
  const chain = openChainLog(folder.chainFile, display.warning);
  const noStores = whyNoStores({ inputs, env: surroundings.env });
  if (noStores !== undefined) display.warning(`no checkpoints: ${noStores}`);
  const logger = { warn: display.warning, note: display.note, mask: display.secret };
  const stores = made.ok
    ? connectStores({ inputs, env: surroundings.env, folder, chain, storeProgram, logger })
    : undefined;
  const ended = {
    inputs,
    display,
    signals,
    chain,
    stores,
    folder,
    summaryFile: surroundings.env['GITHUB_STEP_SUMMARY'],
  };
  if (!made.ok) return { ...ended, result: { kind: 'refused', message: made.error } };
  if (!source.ok) return { ...ended, result: { kind: 'invalid', diagnostics: [source.error] } };
  let work: JobWork | undefined;
  const result = await runPipeline({
    source: source.value,
    load: calledFilesIn(facts.workspace),
    givenInputs: inputs.givenInputs,
    selection: selectionOf(inputs),
    facts: { ...facts.contexts, matrix: inputs.matrix ?? {} },
    env: facts.env,
    scope: signals.scope,
    abortion: { when: 'later', limitMs: 0 },
    maxParallel: inputs.maxParallel,
    processors: availableParallelism(),
    open: openJob({
      inputs,
      identity,
      facts,
      folder,
      display,
      chain,
      stores,
      isStopped: () => signals.received() !== undefined,
      onWork: (opened, workDir) => {
        work = opened;
        tellPost(workDir);
      },
    }),
  });
  return { ...ended, result, work };
};

const selectionOf = ({ from, rerun }: ActionInputs): Host['selection'] => ({
  rerun,
  ...(from !== undefined && { from }),
  acceptChanges: false,
});
