import { rmSync, statSync } from 'node:fs';
import { err, ok, type Result } from '../base/result.js';
import { startPoints, tarArguments, type ArchiveScope } from '../checkpoint/archive-scope.js';
import { fromText, parentOf, type ByteName } from '../checkpoint/tar/byte-name.js';
import { createFolderCheck, statIn } from '../machine/files/byte-path.js';
import { runTar, type GnuTar } from './tar/run-tar.js';
import { tryIo } from '../machine/files/io-result.js';
import { readTarResult, type TarResult } from './tar/tar-result.js';
import { copyBackdated } from './tar/backdated-listing.js';

/** Result of one run of tar. */
export type TarReport = {
  /** Files that changed or vanished while they were read, for display; the archive has some version or none. */
  readonly changed: readonly string[];
  /** Names that could not be read; nothing is known about them and about names beneath. */
  readonly unreadable: readonly ByteName[];
  /** Size of the archive; 0 for a listing. */
  readonly sizeBytes: number;
};

/** The input of tar. Paths are absolute; `signal` ends tar, which makes the job an error. */
export type TarJob = {
  readonly workspace: string;
  readonly scope: ArchiveScope;
  readonly signal?: AbortSignal;
};

/** A listing to make. */
export type ListingJob = TarJob & { readonly tar: GnuTar; readonly listing: string };

/** An archive of changes since the listing `before`, with the listing `after` for the next archive. */
export type ArchiveJob = TarJob & {
  readonly tar: GnuTar;
  readonly before: string;
  readonly after: string;
  readonly target: string;
};

/** An archive of everything, by any tar: its program, on PATH or absolute. */
export type FullArchiveJob = TarJob & { readonly tar: string; readonly target: string };

/**
 * Archives all folders and the changes since `before`, allowing for coarse file times. `before` stays unchanged; after a
 * failure neither the archive nor the listing `after` exists.
 */
export const takeArchive = async (job: ArchiveJob): Promise<Result<TarReport>> => {
  const copied = await copyBackdated(job.before, job.after);
  const report = copied.ok ? await runGnuTar(job, job.after, job.target) : copied;
  return report.ok ? report : undo(report.error, [job.after, job.target]);
};

/** Lists the workspace without archiving it, as the baseline of the first archive. After a failure no listing exists. */
export const takeListing = async (job: ListingJob): Promise<Result<TarReport>> => {
  const cleared = removeAll([job.listing]);
  const report = cleared.ok ? await runGnuTar(job, job.listing, '/dev/null') : cleared;
  return report.ok ? report : undo(report.error, [job.listing]);
};

/** Archives everything, for machines without GNU tar. Without listings there are no deletions. Any problem is an error. */
export const takeFullArchive = async (job: FullArchiveJob): Promise<Result<TarReport>> => {
  const flags = ['-c', '-f', job.target, '--exclude=./.git', '-C', job.workspace];
  const points = presentStartPoints(job);
  const run = points.ok ? await runTar(job.tar, [...flags, ...points.value], job.signal) : points;
  if (!run.ok) return undo(run.error, [job.target]);
  const { exitCode, stderr } = run.value;
  if (exitCode === 0) return reportOf({ kind: 'ok', changed: [], unreadable: [] }, job.target);
  const because = stderr.trim().split('\n').at(-1) ?? '';
  return undo(`tar failed with exit code ${String(exitCode)}: ${because}`, [job.target]);
};

const runGnuTar = async (
  job: TarJob & { readonly tar: GnuTar },
  listing: string,
  target: string,
): Promise<Result<TarReport>> => {
  const names = whatToRead(job);
  const run = names.ok
    ? await runTar(job.tar.program, [...optionsFor(listing, target), ...names.value], job.signal)
    : names;
  return run.ok ? reportOf(readTarResult(run.value.exitCode, run.value.stderr), target) : run;
};

/** The pax records omit access times, so that archives of the same files are identical. */
const optionsFor = (listing: string, target: string): readonly string[] => [
  '--create',
  `--file=${target}`,
  '--force-local',
  `--listed-incremental=${listing}`,
  '--sparse',
  '--one-file-system',
  '--no-check-device',
  '--format=posix',
  '--pax-option=delete=atime',
  '--quoting-style=escape',
];

/** Tar accepts an empty list of names only from a file; it then writes an empty archive and an empty listing. */
const whatToRead = ({ workspace, scope }: TarJob): Result<readonly string[]> => {
  const points = presentStartPoints({ workspace, scope });
  if (!points.ok) return points;
  const names = points.value.length === 0 ? ['--files-from=/dev/null'] : points.value;
  return ok(['-C', workspace, ...tarArguments(scope), ...names]);
};

/** The start points that exist and are not behind a link, which tar would follow out of the workspace. */
const presentStartPoints = ({ workspace, scope }: TarJob): Result<readonly string[]> =>
  tryIo('cannot look at what checkpoint.include names', () => {
    const folder = Buffer.from(workspace);
    const isRealFolder = createFolderCheck(folder);
    return startPoints(scope).filter((point) => {
      const name = fromText(point);
      return isRealFolder(parentOf(name)) && statIn(folder, name) !== undefined;
    });
  });

const reportOf = (verdict: TarResult, target: string): Result<TarReport> => {
  if (verdict.kind === 'failed') return err(verdict.message);
  const { changed, unreadable } = verdict;
  return tryIo(`cannot read ${target}`, () => ({ changed, unreadable, sizeBytes: statSync(target).size }));
};

/** Reports the first problem, and files that could not be removed. */
const undo = (because: string, files: readonly string[]): Result<never> => {
  const removed = removeAll(files);
  return err(removed.ok ? because : `${because}; ${removed.error}`);
};

const removeAll = (files: readonly string[]): Result<void> =>
  tryIo('cannot remove what was begun', () => {
    for (const file of files) rmSync(file, { force: true });
  });
