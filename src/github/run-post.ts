import { join } from 'node:path';
import type { ChainState } from '../checkpoint/chain.js';
import { systemClock } from '../machine/clock.js';
import { endGroup } from '../machine/end-group.js';
import { jobFolder } from '../machine/job-folder.js';
import { endOrphans } from '../machine/orphans.js';
import { isThere, readJournalBytes } from '../machine/part-folder.js';
import { bestCompression } from '../machine/stored-file.js';
import type { CheckpointReport } from '../report/job-verdict.js';
import { plural } from '../report/step-counts.js';
import { foldEvents } from '../state/apply-event.js';
import { decodeJournal } from '../state/journal-format.js';
import type { RunState } from '../state/run-state.js';
import type { ActionInputs } from './action-inputs.js';
import { digestSecrets } from './digest-secrets.js';
import { openChainLog, type ChainLog } from './chain-log.js';
import { connectStores, type JobStores } from './connect-stores.js';
import type { JobTalk } from './job-talk.js';
import type { PostState } from './post-state.js';
import { saveCheckpoint, type SaveOptions, type SaveResult } from './save-checkpoint.js';
import { saveRecord } from './save-record.js';
import { writeJobSummary } from './summary-file.js';

/** What `post` works with. */
export type PostOptions = {
  readonly main: PostState;
  /** As they are now: `job-status` says how the job went. */
  readonly inputs: ActionInputs;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How to start the store process. */
  readonly storeProgram: readonly string[];
  readonly talk: JobTalk;
};

/** Ends what main left running and saves what main could not, however main ended. Trouble is told and fails nothing. */
export const runPost = async (options: PostOptions): Promise<void> => {
  const { main, talk } = options;
  const folder = jobFolder(main.tempDir, main.identity.nonce);
  if (!isThere(folder.folder)) {
    talk.note(`nothing is saved: ${folder.folder} was removed`);
    return;
  }
  const chain = openChainLog(folder.chainFile, talk.warn);
  await Promise.all(chain.state().stores.map(endGroup));
  const run = readRun(folder.journalFile);
  if (run !== undefined) await endLeftSteps(run, chain.state(), talk);
  const stores = connectStores({ ...options, folder, chain });
  if (stores === undefined) return;
  try {
    const saved = await save({ ...options, chain, stores, folder });
    tell(saved, { ...options, chain });
    if (run !== undefined && chain.state().ended === undefined) {
      summarize(run, reportOf(saved, chain.state()), options);
    }
    if (run !== undefined) await saveRecord({ ...options, ...stores, runId: run.runId, chain, folder });
  } finally {
    await stores.close();
  }
};

/** Main did not live to do it. */
const summarize = (state: RunState, checkpoint: CheckpointReport, { main, env, talk }: PostOptions): void => {
  const logsFolder = join(main.workDir, 'logs');
  const end = { state, elapsedMs: 0, nothingToDo: false, checkpoint };
  const file = env['GITHUB_STEP_SUMMARY'];
  writeJobSummary({ ...end, file, logsFolder, warnings: state.warnings, warn: talk.warn });
};

const reportOf = (saved: SaveResult, { stored, lastSaved }: ChainState): CheckpointReport => {
  if ('message' in saved) return { status: 'failed', detail: saved.message };
  return { status: stored.length > 0 || lastSaved === 'checkpoint' ? 'saved' : 'none' };
};

const readRun = (journalFile: string): RunState | undefined => {
  const bytes = readJournalBytes(journalFile);
  const content = bytes.ok ? decodeJournal(bytes.value) : bytes;
  return content.ok ? foldEvents(content.value.events) : undefined;
};

/** Where main came to its end, it has ended its steps itself. */
const endLeftSteps = async ({ steps, runId }: RunState, { ended }: ChainState, talk: JobTalk): Promise<void> => {
  if (ended !== undefined) return;
  const interrupted = [...steps.values()]
    .filter(({ status }) => status === 'running')
    .map(({ path, group }) => ({ step: path, ...(group !== undefined && { group }) }));
  const names = interrupted.map(({ step }) => `"${step}"`).join(', ');
  talk.note(`Savepoint was killed before its end${names === '' ? '' : `, while it ran ${names}`}`);
  const left = await endOrphans(interrupted, runId);
  if (!left.ok) talk.warn(left.error);
};

type Saving = PostOptions & {
  readonly chain: ChainLog;
  readonly stores: JobStores;
  readonly folder: SaveOptions['folder'];
};

const save = async (saving: Saving): Promise<SaveResult> => {
  const { main, chain, stores, folder, talk } = saving;
  const state = chain.state();
  const isFinished = isJobDone(saving);
  // Where nothing can be stored a re-run starts fresh anyway.
  if (isFinished && state.sequence === 0 && main.identity.attempt === 1) return { kind: 'nothing-new' };
  const secrets = secretsOf(saving);
  if (secrets === undefined && !isFinished) tellUnchecked(state, talk);
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
      warn: talk.warn,
    },
  );
};

/** Whether the whole job succeeded, so that there is nothing to go on with. */
const isJobDone = ({ chain, inputs }: Pick<Saving, 'chain' | 'inputs'>): boolean =>
  chain.state().ended === 'succeeded' && inputs.jobStatus === 'success';

/** Undefined where main knew other secrets than can be known here. */
const secretsOf = ({ main, chain, env, stores }: Saving): SaveOptions['secrets'] => {
  const { begun, pending } = chain.state();
  const names = begun?.secret_names ?? [];
  const values = names.map((name) => env[name] ?? '');
  const isSame = begun?.secrets_digest === digestSecrets({ names, env, nonce: main.identity.nonce });
  const isKnown = isSame && !pending.some(({ main_only }) => main_only);
  return isKnown || stores.passphrase !== undefined ? () => values : undefined;
};

const tellUnchecked = ({ pending }: ChainState, talk: JobTalk): void => {
  if (pending.length === 0) return;
  talk.note(`${unsaved(pending.length)}: the files may hold secrets that are not known any more`);
};

const tell = (result: SaveResult, post: Pick<Saving, 'chain' | 'inputs' | 'talk'>): void => {
  const { note } = post.talk;
  if (result.kind === 'saved') {
    note(
      `saved for a re-run: ${result.step === '' ? 'the record of the run' : `the workspace after "${result.step}"`}`,
    );
  }
  if (result.kind === 'marked') note('marked as finished: a re-run of this job starts fresh');
  if ('message' in result) note(`${withoutSave(post)}: ${result.message}`);
};

const withoutSave = (post: Pick<Saving, 'chain' | 'inputs'>): string => {
  if (isJobDone(post)) return 'not marked as finished, so that a re-run of this job may skip steps';
  const { length } = post.chain.state().pending;
  if (length === 0) return 'the record of the run is not saved';
  return unsaved(length);
};

const unsaved = (count: number): string =>
  `${plural(count, 'finished step')} ${count === 1 ? 'is not saved and runs' : 'are not saved and run'} again in a re-run`;
