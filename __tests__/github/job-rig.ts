import { appendFileSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createActionDisplay } from '../../src/github/log/action-display.js';
import { readActionInputs } from '../../src/github/runner/action-inputs.js';
import { openChainLog } from '../../src/github/store/chain-log.js';
import { connectStores, type ConnectOptions, type JobStores } from '../../src/github/store/connect-stores.js';
import { createJobCheckpoints, type JobCheckpoints } from '../../src/github/checkpoint/job-checkpoints.js';
import { digestSecrets } from '../../src/github/runner/digest-secrets.js';
import type { FindOptions } from '../../src/github/checkpoint/find-checkpoint.js';
import { readJobIdentity } from '../../src/github/runner/job-identity.js';
import type { JobParts, LockedJob } from '../../src/github/job/locked-job.js';
import type { SaveOptions } from '../../src/github/checkpoint/save-checkpoint.js';
import { readPipeline } from '../../src/language/read-pipeline.js';
import type { Pipeline } from '../../src/language/model/pipeline.js';
import { readFacts, type Surroundings } from '../../src/machine/facts.js';
import { createGitWatch } from '../../src/machine/workspace/git-state.js';
import { findGnuTar } from '../../src/snapshot/tar/run-tar.js';
import { jobFolder, makeJobFolder } from '../../src/machine/job/job-folder.js';
import { acquireLock } from '../../src/machine/workdir/lock.js';
import { newNonce } from '../../src/machine/new-id.js';
import { takeListing } from '../../src/snapshot/take-archive.js';
import { openWorkDirectory } from '../../src/machine/workdir/work-directory.js';
import type { CheckpointEvent } from '../../src/run/context/ports.js';
import { CHAIN_START, encodeLine } from '../../src/state/journal-format.js';
import { EVERYTHING } from '../snapshot/archives.js';
import { newTempFolder, valueOf, type TempFolder } from '../machine/temp-folder.js';
import { until } from '../machine/until.js';
import { failed, recordRun, started, succeeded, type RecordedRun } from '../report/recorded-run.js';
import { startGitHub, type GitHubEmulator } from '../rig/github/start-github.js';
import { newMemoryLog } from './memory-log.js';
import { FROM_SOURCE } from './store-rig.js';

/** A job with all its attempts; its workspace stays unless a test clears it. */
export type JobSpace = AsyncDisposable & {
  readonly temp: TempFolder;
  readonly workspace: string;
  /** Writes a file of the workspace; returns its absolute path. */
  readonly write: (name: string, content?: string) => string;
  readonly read: (name: string) => string;
  readonly has: (name: string) => boolean;
  /** The environment of the action, with inputs as `INPUT_…`. */
  readonly env: (options?: StartOptions) => Record<string, string>;
  /** A start of the action in this process. */
  readonly start: (options?: StartOptions) => JobStart;
};

/** A job whose stores are GitHub's clients in a real worker process, over an emulated GitHub. */
export type JobRig = JobSpace & { readonly github: GitHubEmulator };

/** One start of the action. */
export type JobStart = JobParts & { readonly stores: JobStores; readonly log: () => string };

/** The options of a start; `env` also holds inputs. */
export type StartOptions = { readonly attempt?: number; readonly env?: Readonly<Record<string, string>> };

/** Opens an emulated GitHub and an empty workspace. */
export const newJobRig = async (): Promise<JobRig> => {
  const github = await startGitHub();
  const space = newJobSpace({
    environment: (attempt) => github.environment({ runId: '4711', attempt }),
    connect: (options) => connectStores({ ...options, storeProgram: FROM_SOURCE }),
  });
  const dispose = async (): Promise<void> => {
    await space[Symbol.asyncDispose]();
    await github[Symbol.asyncDispose]();
  };
  return { ...space, github, [Symbol.asyncDispose]: dispose };
};

/** The stores of a job: what they add to its environment, and how a start is connected to them. */
export type JobSpaceStores = {
  readonly environment: (attempt: number) => Readonly<Record<string, string>>;
  readonly connect: (options: StartToConnect) => JobStores | undefined;
};

type StartToConnect = Omit<ConnectOptions, 'storeProgram'> & Pick<JobParts, 'identity'>;

/** Creates an empty workspace for a job with these stores. */
export const newJobSpace = ({ environment, connect }: JobSpaceStores): JobSpace => {
  const temp = newTempFolder();
  const workspace = temp.at('workspace');
  mkdirSync(workspace);
  mkdirSync(temp.at('temp'));
  const open: JobStores[] = [];
  const env: JobRig['env'] = ({ attempt = 1, env: more = {} } = {}) => ({
    PATH: process.env['PATH'] ?? '',
    ...environment(attempt),
    GITHUB_WORKSPACE: workspace,
    GITHUB_RUN_ID: '4711',
    GITHUB_RUN_ATTEMPT: String(attempt),
    GITHUB_JOB: 'build',
    GITHUB_ACTION: 'savepoint',
    GITHUB_WORKFLOW_REF: 'o/r/.github/workflows/ci.yml@refs/heads/main',
    RUNNER_OS: 'Linux',
    RUNNER_ARCH: 'X64',
    RUNNER_TEMP: temp.at('temp'),
    RUNNER_TOOL_CACHE: temp.at('tools'),
    ...more,
  });
  const start: JobRig['start'] = (options) => {
    const job = openStart(env(options), temp, connect);
    open.push(job.stores);
    return job;
  };
  return {
    temp,
    workspace,
    write: (name, content) => temp.write(`workspace/${name}`, content),
    read: (name) => temp.read(`workspace/${name}`),
    has: (name) => existsSync(join(workspace, name)),
    env,
    start,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(open.map((stores) => stores.close()));
      temp[Symbol.dispose]();
    },
  };
};

/** The surroundings of a start of the action with this environment. */
export const surroundingsOf = (
  { temp: { path } }: Pick<JobSpace, 'temp'>,
  env: Record<string, string>,
): Surroundings => ({
  env,
  folder: path,
  platform: 'linux',
  arch: 'x64',
  tempDir: path,
  hostName: 'h',
});

const openStart = (env: Record<string, string>, temp: TempFolder, connect: JobSpaceStores['connect']): JobStart => {
  const surroundings = surroundingsOf({ temp }, env);
  const facts = readFacts(surroundings);
  const inputs = valueOf(readActionInputs(env));
  const identity = readJobIdentity(env, inputs, newNonce(4));
  const folder = jobFolder(facts.tempDir, identity.nonce);
  valueOf(makeJobFolder(folder));
  const log = newMemoryLog();
  const display = createActionDisplay(log, 'token');
  const chain = openChainLog(folder.chainFile, display.warning);
  const logger = { warn: display.warning, note: display.note, mask: display.secret };
  const stores = connect({ inputs, env, identity, folder, chain, logger });
  if (stores === undefined) throw new Error('a job without stores');
  return { inputs, identity, facts, folder, display, chain, stores, isStopped: () => false, log: log.text };
};

/** The parts that a start uses to save. */
export const savingOf = (job: JobStart, more: Partial<SaveOptions> = {}): SaveOptions => ({
  ...job.stores,
  chain: job.chain,
  identity: job.identity,
  folder: job.folder,
  compression: 'gzip',
  secrets: () => [],
  now: () => 0,
  warn: job.display.warning,
  ...more,
});

/** The steps of a run, which end when the test says so. */
export type Steps = {
  readonly run: RecordedRun;
  readonly checkpoints: JobCheckpoints;
  readonly recorded: CheckpointEvent[];
  /** The uploads requested so far. */
  readonly requests: () => number;
  /** Runs a step: records its start, lets it change the workspace, records its end. */
  readonly done: (step: string, change?: () => void) => Promise<void>;
  readonly fail: (step: string, change?: () => void) => Promise<void>;
};

/** The parts that run steps. */
export type StepsOptions = {
  readonly maxSizeBytes?: number;
  readonly secrets?: () => readonly string[];
  readonly isUploading?: () => boolean;
  readonly inheritedSecrets?: readonly string[];
  /** The declared secrets, as main knows them. */
  readonly secretEnv?: Readonly<Record<string, string>>;
  readonly hasTar?: boolean;
  readonly isAfterUnused?: boolean;
  readonly isTainted?: boolean;
};

/** Begins a run with a journal in that start, from the current workspace. */
export const newSteps = async (job: JobStart, options: StepsOptions = {}): Promise<Steps> => {
  const { folder, chain, identity, facts } = job;
  const { workspace } = facts;
  const tar = await findGnuTar({ PATH: process.env['PATH'] });
  if (tar === undefined) throw new Error('these tests need GNU tar');
  const origin = join(folder.listingsFolder, 'origin');
  const names = Object.keys(options.secretEnv ?? {});
  valueOf(await takeListing({ tar, workspace, scope: EVERYTHING, listing: origin }));
  chain.add({
    type: 'begun',
    scope: EVERYTHING,
    max_size_bytes: options.maxSizeBytes ?? 1024 ** 3,
    commit: '',
    machine_paths: [identity.places],
    secret_names: names,
    secrets_digest: digestSecrets({ names, env: options.secretEnv ?? {}, nonce: identity.nonce }),
    restored: [],
    must_rerun: {},
    baseline_file: origin,
    sequence: 0,
    journal_bytes: 0,
    after_unused: options.isAfterUnused ?? false,
  });
  let hash = CHAIN_START;
  const run = recordRun((event) => {
    const next = encodeLine(event, hash);
    hash = next.hash;
    appendFileSync(folder.journalFile, `${next.line}\n`);
  });
  let requests = 0;
  const checkpoints = createJobCheckpoints({
    workspace,
    scope: EVERYTHING,
    folder,
    tar: options.hasTar === false ? undefined : tar,
    git: await createGitWatch(workspace),
    chain,
    listings: { origin, now: origin },
    isTainted: options.isTainted ?? false,
    unreadable: [],
    inheritedSecrets: new Set(options.inheritedSecrets),
    uploads: { request: () => requests++, isUploading: options.isUploading ?? (() => false) },
    isStopped: () => false,
    note: job.display.note,
  });
  const recorded: CheckpointEvent[] = [];
  checkpoints.begin({
    record: (event) => recorded.push(event),
    warn: job.display.warning,
    secrets: options.secrets ?? (() => []),
  });
  const end = async (step: string, isDone: boolean, change: () => void): Promise<void> => {
    if (run.state().steps.get(step)?.status !== 'running') run.add(started(step));
    change();
    if (isDone) await untilFilesAreOld(folder.folder);
    run.add(isDone ? succeeded(step) : failed(step));
    await checkpoints.stepEnded({ path: step, isDone }, run.state());
  };
  return {
    run,
    checkpoints,
    recorded,
    requests: () => requests,
    done: (step, change = () => undefined) => end(step, true, change),
    fail: (step, change = () => undefined) => end(step, false, change),
  };
};

/** Waits until files written before do not count as new to an archive, by the clock of the file system. */
const untilFilesAreOld = (folder: string): Promise<void> => {
  const touch = (): number => {
    writeFileSync(join(folder, 'clock'), '');
    return statSync(join(folder, 'clock')).ctimeMs;
  };
  const from = touch();
  return until(() => touch() > from + 30);
};

/** Reads a pipeline without mistakes. */
export const pipelineOf = async (text: string): Promise<Pipeline> =>
  valueOf(await readPipeline({ file: 'savepoint.yml', bytes: Buffer.from(text) }));

/** Writes the pipeline file of a workspace. */
export const writePipeline = ({ workspace }: Pick<JobSpace, 'workspace'>, text: string): void =>
  writeFileSync(join(workspace, 'savepoint.yml'), text);

/** The parts that a start uses to look for checkpoints. */
export const findingOf = (
  job: JobStart,
  more: Partial<FindOptions> = {},
): FindOptions & Pick<JobStores, 'records'> => ({
  ...job.stores,
  identity: job.identity,
  commit: '',
  storeFolder: job.folder.storeFolder,
  ...more,
});

/** A start in a work directory that is locked. */
export const lockedOf = async (job: JobStart, pipeline: string): Promise<LockedJob> => {
  const workDir = valueOf(openWorkDirectory(job.facts.workspace, '.work'));
  return { ...job, pipeline: await pipelineOf(pipeline), workDir, lock: valueOf(acquireLock(workDir.lockFile)) };
};
