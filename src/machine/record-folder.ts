import { cpSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../base/result.js';
import { ifThere, tryIo } from './io-result.js';
import type { JobFolder } from './job-folder.js';

/** A file with its size in bytes; the path is absolute. */
export type SizedFile = { readonly path: string; readonly sizeBytes: number };

/** Puts what tells of a run into one folder, which holds nothing else: state, journal, and the logs from the work directory. */
export const gatherRecord = ({ folder, journalFile, stateFile }: JobFolder, workDir: string): Result<string> =>
  tryIo('cannot gather the record of the run', () => {
    const record = join(folder, 'record');
    rmSync(record, { recursive: true, force: true });
    mkdirSync(record, { mode: 0o700 });
    copyIfThere(journalFile, join(record, 'journal.jsonl'));
    copyIfThere(stateFile, join(record, 'pipeline-state.json'));
    copyIfThere(join(workDir, 'logs'), join(record, 'logs'));
    return record;
  });

/** Every regular file below a folder. */
export const filesBelow = (folder: string): readonly SizedFile[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, sizeBytes: lstatSync(path).size }));

/** A link is not followed: what it names is none of ours. */
const copyIfThere = (from: string, to: string): void => {
  const stat = ifThere(() => lstatSync(from));
  if (stat?.isFile() === true || stat?.isDirectory() === true)
    cpSync(from, to, { recursive: true, verbatimSymlinks: true });
};
