import { join } from 'node:path';
import type { ChainState } from '../../checkpoint/chain-state.js';
import { systemClock } from '../../machine/process/clock.js';
import { endGroup, endOrphans } from '../../machine/process/orphans.js';
import type { Surroundings } from '../../machine/facts.js';
import { jobFolder, type JobFolder } from '../../machine/job/job-folder.js';
import { isThere, readJournalBytes } from '../../machine/job/part-folder.js';
import { bestCompression } from '../../snapshot/sealed/stored-file.js';
import { innermostText } from '../../report/interrupted-attempt.js';
import type { CheckpointReport, JobEnd } from '../../report/job-verdict.js';
import { plural } from '../../report/step/step-counts.js';
import type { AbortScope } from '../../run/context/abort-scope.js';
import type { RunState } from '../../state/run-state.js';
import type { ActionDisplay } from '../log/action-display.js';
import type { ActionInputs } from '../runner/action-inputs.js';
import { digestSecrets } from '../runner/digest-secrets.js';
import { openChainLog, type ChainLog } from '../store/chain-log.js';
import { connectStores, type JobStores } from '../store/connect-stores.js';
import { readJournaledRun, type JournaledRun } from '../checkpoint/job-journal.js';
import type { JobLogger } from '../log/job-logger.js';
import { mayRunLate } from './may-run-late.js';
import type { PostState } from '../runner/post-state.js';
import { saveCheckpoint, type SaveOptions, type SaveResult } from '../checkpoint/save-checkpoint.js';
import { saveRecord } from '../checkpoint/job-record.js';
import { addCleanupSummary, writeJobSummary } from '../log/summary-file.js';

/** Options of `post`. */
export type PostOptions = {
  readonly main: PostState;
  /** The inputs as `post` sees them: `job-status` is the result of the job. */
  readonly inputs: ActionInputs;
  readonly surroundings: Surroundings;
  /** The command line of the worker process. */
  readonly storeProgram: readonly string[];
  readonly display: ActionDisplay;
  /** Aborted when the time is up. */
  readonly scope: AbortScope;
};

/**
 * However main ended: ends the processes it left running, saves what it could not save, and runs the fallbacks of an
 * interrupted run. Problems become warnings and never fail the job.
 */
export const runPost = async (options: PostOptions): Promise<void> => {
  const { main, surroundings, display } = options;
  const folder = jobFolder(main.tempDir, main.identity.nonce);
  if (!isThere(folder.folder)) {
    display.note(`nothing is saved: ${folder.folder} was removed`);
    return;
  }
  const logger = { warn: display.warning, note: display.note, mask: display.secret };
  const chain = openChainLog(folder.chainFile, logger.warn);
  await Promise.all(chain.state().stores.map(endGroup));
  const run = readRun(folder.journalFile);
  if (run !== undefined) await endLeftSteps(run.last, chain.state(), logger);
  const stores = connectStores({ ...options, env: surroundings.env, folder, chain, logger });
  try {
    await finish(run, { ...options, env: surroundings.env, chain, stores, folder, logger });
  } finally {
    await stores?.close();
  }
};

type Post = PostOptions & {
  readonly env: Surroundings['env'];
  readonly chain: ChainLog;
  readonly stores: JobStores | undefined;
  readonly folder: JobFolder;
  readonly logger: JobLogger;
};

/** Saves once, before any fallback runs, because the saved journal holds the claim of the fallbacks. */
const finish = async (run: JournaledRun | undefined, post: Post): Promise<void> => {
  const { chain, stores, inputs } = post;
  const before = chain.state();
  let saved: SaveResult | undefined;
  const saveOnce = async (): Promise<SaveResult> => {
    if (saved !== undefined) return saved;
    saved = await save(post);
    if (stores !== undefined) tell(saved, post);
    return saved;
  };
  const claimOf = (interrupted: JournaledRun) => async (): Promise<boolean> => {
    const mayRun = mayRunLate(await saveOnce(), { run: interrupted, chain: before });
    post.logger.note(mayRun ? CLEANING_UP : LEFT_TO_NEXT);
    return mayRun;
  };
  const elapsedMs = run === undefined ? 0 : run.last.updatedAt - run.attemptStartedAt;
  const firedBefore = new Set(run?.last.fallbacks.keys());
  const state = run === undefined ? undefined : await abortLate({ run, claim: claimOf(run) }, post);
  const result = await saveOnce();
  const checkpoint = inputs.checkpoint ? reportOf(result, chain.state()) : ({ status: 'off' } as const);
  if (state !== undefined && before.ended === undefined) summarize({ state, elapsedMs, checkpoint }, post);
  else if (state !== undefined) {
    const fired = [...state.fallbacks].flatMap(([path, record]) => (firedBefore.has(path) ? [] : [record]));
    addCleanupSummary(fired, { file: post.env['GITHUB_STEP_SUMMARY'], warn: post.logger.warn });
  }
  if (state !== undefined && stores !== undefined) await saveRecord({ ...post, ...stores, runId: state.runId });
};

const CLEANING_UP = 'cleaning up after the run that was stopped';
const LEFT_TO_NEXT = 'a re-run of this job cleans up instead, because no checkpoint could record that it was done here';

type Claimable = { readonly run: JournaledRun; readonly claim: () => Promise<boolean> };

/** Ends the run if main did not. A run that main ended has no pending cleanup, unless it was aborted. */
const abortLate = async ({ run, claim }: Claimable, post: Post): Promise<RunState> => {
  const { chain, main, logger, scope } = post;
  const { ended } = chain.state();
  const isOpen = run.last.status === 'running' || run.last.status === 'aborted';
  if (!isOpen || (ended !== undefined && ended !== 'aborted')) return run.last;
  if (scope.cause() !== undefined) {
    logger.note(NO_TIME);
    return run.last;
  }
  // Loaded late, because it loads the engine.
  const { abortInPost } = await import('./abort-in-post.js');
  const aborted = await abortInPost({ ...post, run, claim, workDir: main.workDir, display: lateDisplay(post.display) });
  if (!aborted.ok) logger.warn(`the fallbacks of the interrupted run do not run: ${aborted.error}`);
  return aborted.ok ? aborted.value : run.last;
};

/** Hides the event that says the run was interrupted, because `post` has already said so. */
const lateDisplay = (display: ActionDisplay): ActionDisplay => ({
  ...display,
  event: (event, state) => {
    if (event.type !== 'late_abortion') display.event(event, state);
  },
});

const NO_TIME = 'stopped before the fallbacks could begin: a re-run of this job cleans up instead';

/** Writes the job summary that main could not write. */
const summarize = (
  end: Pick<JobEnd, 'state' | 'elapsedMs' | 'checkpoint'>,
  { main, env, logger }: Pick<Post, 'main' | 'env' | 'logger'>,
): void => {
  const logsFolder = join(main.workDir, 'logs');
  const file = env['GITHUB_STEP_SUMMARY'];
  writeJobSummary({ ...end, nothingToDo: false, file, logsFolder, warnings: end.state.warnings, warn: logger.warn });
};

const reportOf = (saved: SaveResult, { stored, lastSaved }: ChainState): CheckpointReport => {
  if ('message' in saved) return { status: 'failed', detail: saved.message };
  return { status: stored.length > 0 || lastSaved === 'checkpoint' ? 'saved' : 'none' };
};

const readRun = (journalFile: string): JournaledRun | undefined => {
  const bytes = readJournalBytes(journalFile);
  const run = bytes.ok ? readJournaledRun(bytes.value) : bytes;
  return run.ok ? run.value : undefined;
};

/** Ends steps left running by a main that was killed; otherwise main has ended them itself. */
const endLeftSteps = async ({ steps, runId }: RunState, { ended }: ChainState, logger: JobLogger): Promise<void> => {
  if (ended !== undefined) return;
  const interrupted = [...steps.values()]
    .filter(({ status }) => status === 'running')
    .map(({ path, group }) => ({ step: path, ...(group !== undefined && { group }) }));
  const running = innermostText(interrupted.map(({ step }) => step));
  logger.note(`Savepoint was killed before its end${running === '' ? '' : `, while it ran ${running}`}`);
  const left = await endOrphans(interrupted, runId);
  if (!left.ok) logger.warn(left.error);
};

const save = async (post: Post): Promise<SaveResult> => {
  const { main, chain, stores, folder, logger } = post;
  if (stores === undefined) return { kind: 'nothing-new' };
  const state = chain.state();
  const isFinished = isJobDone(post);
  // Without a stored checkpoint, a re-run starts fresh anyway.
  if (isFinished && state.sequence === 0 && main.identity.attempt === 1) return { kind: 'nothing-new' };
  const secrets = secretsOf(stores, post);
  if (secrets === undefined && !isFinished) tellUnchecked(state, logger);
  return saveCheckpoint(
    { kind: isFinished ? 'finished' : 'checkpoint', isFinal: true },
    {
      ...stores,
      chain,
      identity: main.identity,
      folder,
      compression: bestCompression(),
      secrets,
      now: systemClock.now,
      warn: logger.warn,
    },
  );
};

/** Whether the whole job succeeded, so that there is nothing to resume. */
const isJobDone = ({ chain, inputs }: Pick<Post, 'chain' | 'inputs'>): boolean =>
  chain.state().ended === 'succeeded' && inputs.jobStatus === 'success';

/** Undefined if main knew secrets that `post` does not know. */
const secretsOf = ({ passphrase }: JobStores, { main, chain, env }: Post): SaveOptions['secrets'] => {
  const { begun, pending } = chain.state();
  const names = begun?.secret_names ?? [];
  const values = names.map((name) => env[name] ?? '');
  const isSame = begun?.secrets_digest === digestSecrets({ names, env, nonce: main.identity.nonce });
  const isKnown = isSame && !pending.some(({ main_only }) => main_only);
  return isKnown || passphrase !== undefined ? () => values : undefined;
};

const tellUnchecked = ({ pending }: ChainState, logger: JobLogger): void => {
  if (pending.length === 0) return;
  logger.note(`${unsaved(pending.length)}: the files may hold secrets that are not known any more`);
};

const tell = (result: SaveResult, post: Pick<Post, 'chain' | 'inputs' | 'logger'>): void => {
  const { note } = post.logger;
  if (result.kind === 'saved') {
    note(
      `saved for a re-run: ${result.step === '' ? 'the record of the run' : `the workspace after "${result.step}"`}`,
    );
  }
  if (result.kind === 'marked') note('marked as finished: a re-run of this job starts fresh');
  if ('message' in result) note(`${withoutSave(post)}: ${result.message}`);
};

const withoutSave = (post: Pick<Post, 'chain' | 'inputs'>): string => {
  if (isJobDone(post)) return 'not marked as finished, so that a re-run of this job may skip steps';
  const { length } = post.chain.state().pending;
  if (length === 0) return 'the record of the run is not saved';
  return unsaved(length);
};

const unsaved = (count: number): string =>
  `${plural(count, 'finished step')} ${count === 1 ? 'is not saved and runs' : 'are not saved and run'} again in a re-run`;
