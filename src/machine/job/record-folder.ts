import { cpSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../../base/result.js';
import { tryIo } from '../files/io-result.js';
import type { JobFolder } from './job-folder.js';
import { readJournalFile } from '../workdir/journal-file.js';

/** A file with its size in bytes; the path is absolute. */
export type SizedFile = { readonly path: string; readonly sizeBytes: number };

/**
 * Copies state, journal and logs of a run into a folder of their own. The logs are in the work directory, or in its history
 * if a later step of the job has run another pipeline.
 */
export const gatherRecord = (
  { folder, journalFile, stateFile }: JobFolder,
  workDir: string,
  runId: string,
): Result<string> =>
  tryIo('cannot gather the record of the run', () => {
    const record = join(folder, 'record');
    rmSync(record, { recursive: true, force: true });
    mkdirSync(record, { mode: 0o700 });
    copyIfThere(journalFile, join(record, 'journal.jsonl'));
    copyIfThere(stateFile, join(record, 'pipeline-state.json'));
    copyIfThere(join(folderOfRun(workDir, runId), 'logs'), join(record, 'logs'));
    return record;
  });

/** Every regular file below a folder. */
export const filesBelow = (folder: string): readonly SizedFile[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, sizeBytes: lstatSync(path).size }));

const folderOfRun = (workDir: string, runId: string): string => {
  const current = readJournalFile(join(workDir, 'journal.jsonl'));
  const isAnother = current.ok && current.value !== undefined && current.value.events[0]?.run !== runId;
  return isAnother ? join(workDir, 'history', runId) : workDir;
};

const copyIfThere = (from: string, to: string): void => {
  if (isOrdinary(from)) cpSync(from, to, { recursive: true, filter: isOrdinary });
};

/** Skips links, which may lead to foreign files, and pipes, which would block without a writer. */
const isOrdinary = (path: string): boolean => {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() === true || stat?.isDirectory() === true;
};
