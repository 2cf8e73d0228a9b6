import { err, ok, type Result } from '../../base/result.js';
import type { ArchiveScope } from '../../checkpoint/archive-scope.js';
import { createPathMapping, mapRecord } from '../../checkpoint/map-paths.js';
import type { Manifest } from '../../checkpoint/manifest.js';
import { missingNames } from '../../checkpoint/deletions.js';
import { parseListing } from '../../checkpoint/tar/tar-listing.js';
import { readWholeFile, isThere } from '../../machine/job/part-folder.js';
import type { RestoreOutcome } from '../../snapshot/restore/restore-tree.js';
import { plural } from '../../report/step/step-counts.js';
import { isFinished, type RunState, type StepRecord } from '../../state/run-state.js';
import { isCompleted } from '../../state/state-file.js';
import { readJournaledRun, type JournaledRun } from './job-journal.js';
import { AMBIGUOUS } from './leg-claim.js';
import type { JobStores } from '../store/connect-stores.js';
import { findCheckpoint, type FindOptions, type FoundCheckpoint } from './find-checkpoint.js';
import { findRecordedJournal } from './job-record.js';

/** Options for resuming a job. */
export type ResumeOptions = FindOptions &
  Pick<JobStores, 'records'> & {
    readonly scope: ArchiveScope;
    /** Absolute: an empty or absent folder on the workspace's file system. */
    readonly staging: string;
    /** Absolute: for temporary files. */
    readonly temp: string;
    /** Tar's listing of the workspace as the job found it; undefined if this tar makes none. */
    readonly origin: string | undefined;
    /** Paths of the steps that start processes, as far as that run has chosen them. */
    readonly stepPaths: (run: RunState) => readonly string[];
    /** The user refuses a fresh start, so the record of a run alone is not enough either. */
    readonly isRequired: boolean;
    readonly warn: (message: string) => void;
    readonly note: (message: string) => void;
  };

/** The run to resume. */
export type ResumedRun = JournaledRun & {
  /** Undefined when only the state was found, but not the workspace. */
  readonly manifest: Manifest | undefined;
  /** Why finished steps must run again, by their paths. */
  readonly mustRerun: Readonly<Record<string, string>>;
};

/** The result of looking for a run to resume. `broken`: the workspace is neither as it was nor as it should be. */
export type ResumeOutcome =
  /** `isUnused`: there may be a checkpoint that a later attempt can use. */
  | { readonly kind: 'fresh'; readonly because: string | undefined; readonly isUnused: boolean }
  | { readonly kind: 'resumed'; readonly run: ResumedRun }
  | { readonly kind: 'broken'; readonly message: string };

/** Finds the run of an earlier attempt and puts the workspace back to where it was; a fresh start changes nothing. */
export const resumeJob = async (options: ResumeOptions): Promise<ResumeOutcome> => {
  const finding = await findCheckpoint(options);
  switch (finding.kind) {
    case 'found':
      return restoreFound(finding.checkpoint, options);
    case 'finished':
      options.note('the run of the previous attempt finished, so this one starts fresh');
      return { kind: 'fresh', because: undefined, isUnused: false };
    case 'unavailable':
      return unused(finding.because);
    case 'ambiguous':
      return unused(AMBIGUOUS);
    case 'refused':
      return stateOnly(unused(`the checkpoint of an earlier attempt is not used: ${finding.because}`), options);
    case 'none':
      return stateOnly(NONE_FOUND, options);
  }
};

type FreshStart = Extract<ResumeOutcome, { kind: 'fresh' }> & { readonly because: string };

const unused = (because: string): FreshStart => ({ kind: 'fresh', because, isUnused: true });

const NONE_FOUND: FreshStart = {
  kind: 'fresh',
  because: 'no checkpoint of an earlier attempt was found',
  isUnused: false,
};

/** Without the workspace no step can be skipped, but the state still shows the earlier run. */
const stateOnly = async (fresh: FreshStart, options: ResumeOptions): Promise<ResumeOutcome> => {
  const bytes = options.isRequired ? undefined : await findRecordedJournal(options);
  const run = bytes === undefined ? undefined : readJournaledRun(bytes);
  if (run?.ok !== true || isFinished(run.value.last)) return fresh;
  options.warn(`${fresh.because}; the run continues from its record in the artifacts, and every step runs again`);
  if (run.value.last.status === 'running') options.note(NOT_CLEANED);
  const paths = [...run.value.last.steps.keys()];
  const mustRerun = Object.fromEntries(
    paths.map((path) => [path, 'only the record of the run was found, not its files']),
  );
  const last = withReasons(run.value.last, mustRerun);
  return { kind: 'resumed', run: { ...run.value, last, manifest: undefined, mustRerun } };
};

const NOT_CLEANED =
  'nothing cleans up after the previous attempt, which was interrupted: only its record was found, not its workspace';

const restoreFound = async (found: FoundCheckpoint, options: ResumeOptions): Promise<ResumeOutcome> => {
  const journal = await unpack(found.journal, 'journal', options);
  const run = journal.ok ? readJournaledRun(journal.value) : journal;
  if (!run.ok) return unused(`the checkpoint of an earlier attempt is not used: ${run.error}`);
  const restored = await restore(found, options);
  if (!restored.ok) return unused(`the checkpoint cannot be restored: ${restored.error}`);
  if (restored.value.kind === 'broken') return restored.value;
  if (restored.value.kind === 'refused') return unused(`the checkpoint is not restored: ${restored.value.because}`);
  await compareBaseline(found, options);
  const { manifest } = found;
  tellRestored(manifest, restored.value, options);
  // An interrupted attempt that was cleaned up was saved after the cleanup, so nothing of it is lost.
  if (run.value.last.status === 'running' && !run.value.last.isCleanedUpLate) {
    tellLost(run.value.last, manifest, options);
  }
  const last = asOfHere(run.value.last, manifest, options);
  const mustRerun = mustRerunOf(manifest, last);
  return { kind: 'resumed', run: { ...run.value, last: withReasons(last, mustRerun), manifest, mustRerun } };
};

const unpack = async (
  file: FoundCheckpoint['journal'],
  name: string,
  { archives, temp, passphrase }: ResumeOptions,
): Promise<Result<Buffer>> => {
  const target = `${temp}/${name}`;
  const unpacked = await archives.unpackFile({ file, target, ...(passphrase !== undefined && { passphrase }) });
  return unpacked.ok ? readWholeFile(target) : err(unpacked.error.message);
};

const restore = async (
  { links, manifest }: FoundCheckpoint,
  options: ResumeOptions,
): Promise<Result<RestoreOutcome>> => {
  const { archives, identity, scope, staging, passphrase } = options;
  const restored = await archives.restoreTree({
    links,
    workspace: identity.places.workspace,
    staging,
    scope,
    mapPath: { from: manifest.machine_paths, to: identity.places },
    ...(passphrase !== undefined && { passphrase }),
  });
  // A worker that dies during a restore leaves the workspace in an unknown state.
  return restored.ok
    ? restored
    : ok({ kind: 'broken', message: `the restore did not finish: ${restored.error.message}` });
};

const tellRestored = (
  { attempt, saved_at }: Manifest,
  { files, deleted }: Extract<RestoreOutcome, { kind: 'restored' }>,
  { note }: ResumeOptions,
): void => {
  const time = new Date(saved_at).toISOString().replace('T', ' ').replace(/\..*/, ' UTC');
  const removed = deleted === 0 ? '' : `, ${String(deleted)} removed`;
  note(`restored the workspace of attempt ${attempt} as of ${time}: ${plural(files, 'file')} put in place${removed}`);
};

/** How many steps a lost machine finished after its last checkpoint is unknown: at most all that were left. */
const tellLost = (
  run: RunState,
  { attempt, must_rerun: mustRerun }: Manifest,
  { stepPaths, note }: ResumeOptions,
): void => {
  const left = stepPaths(run).filter((path) => {
    const record = run.steps.get(path);
    return record === undefined || !isCompleted(record) || Object.hasOwn(mustRerun, path);
  });
  note(
    `attempt ${attempt} was interrupted; up to ${plural(left.length, 'step')} finished after its last checkpoint and will run again`,
  );
};

/** Later steps may need files that the first attempt started with and that are missing now. */
const compareBaseline = async ({ baseline }: FoundCheckpoint, options: ResumeOptions): Promise<void> => {
  if (baseline === undefined || options.origin === undefined) return;
  const [then, now] = [await unpack(baseline, 'baseline', options), readWholeFile(options.origin)];
  const listings = then.ok && now.ok ? [parseListing(then.value), parseListing(now.value)] : [];
  const [before, after] = listings;
  if (before?.ok !== true || after?.ok !== true) return;
  const { count, examples } = missingNames(before.value, after.value);
  if (count === 0) return;
  options.warn(
    `${count} files or folders that were there when the first attempt began are missing now, such as ${examples.join(', ')}`,
  );
};

/** Uses the paths of this machine. A step that ran while an archive was taken may have left half of its files in it. */
const asOfHere = (
  last: RunState,
  { machine_paths, chain, must_rerun: mustRerun }: Manifest,
  { identity }: ResumeOptions,
): RunState => {
  const mapping = createPathMapping(machine_paths, identity.places);
  const mixedIn = new Set(chain.flatMap(({ concurrent_steps = [] }) => concurrent_steps));
  for (const [path, record] of last.steps) {
    const isDone = (DONE.includes(record.status) || record.tolerated) && !Object.hasOwn(mustRerun, path);
    const isHalfDone = mixedIn.has(path) && !isDone;
    const unfinishedSince = record.unfinishedSince ?? (isHalfDone ? record.startedAt : undefined);
    last.steps.set(path, { ...mapRecord(record, mapping), unfinishedSince });
  }
  return last;
};

const withReasons = (last: RunState, mustRerun: ResumedRun['mustRerun']): RunState => {
  for (const [path, because] of Object.entries(mustRerun)) {
    const record = last.steps.get(path);
    if (record !== undefined) last.steps.set(path, { ...record, mustRerun: because });
  }
  return last;
};

const DONE: readonly string[] = ['succeeded', 'skipped'];

const mustRerunOf = ({ must_rerun: mustRerun }: Manifest, { steps }: RunState): ResumedRun['mustRerun'] => ({
  ...Object.fromEntries([...steps.values()].flatMap((record) => missingExport(record))),
  ...mustRerun,
});

const missingExport = ({ path, exports }: StepRecord): readonly (readonly [string, string])[] => {
  const missing = exports?.path.find((folder) => !isThere(folder));
  return missing === undefined ? [] : [[path, `it put ${missing} on the PATH, which does not exist here`]];
};
