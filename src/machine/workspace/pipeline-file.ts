import { realpathSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { never } from '../../base/assert.js';
import { err, ok, type Result } from '../../base/result.js';
import type { LoadFile } from '../../language/read-pipeline.js';
import type { Diagnostic } from '../../language/model/diagnostic.js';
import { isInside } from '../files/inside.js';
import { codeOf } from '../files/io-result.js';
import { readFileUpTo, type ReadProblem } from '../files/read-file.js';

/** A pipeline file: its name, relative if it is below the workspace, and its content. */
export type PipelineFile = { readonly file: string; readonly bytes: Buffer };

/** Pipeline files that are tried in this order when none is named. */
export const PIPELINE_NAMES = [
  'savepoint.yml',
  '.github/savepoint.yml',
  'pipeline.yml',
  '.github/pipeline.yml',
] as const;

/** The largest pipeline file that is read, in bytes. */
export const PIPELINE_LIMIT_BYTES = 4 * 1024 * 1024;

/** Finds the named pipeline file, or else the first of the usual ones, below `folder`. */
export const findPipelineFile = (folder: string, named: string | undefined): Result<PipelineFile, Diagnostic> => {
  for (const file of named === undefined ? PIPELINE_NAMES : [named]) {
    const read =
      named?.includes('\0') === true ? ok(undefined) : readFileUpTo(resolve(folder, file), PIPELINE_LIMIT_BYTES);
    if (!read.ok) return err(problemOf(file, read.error));
    if (read.value !== undefined) return ok({ file: plainName(folder, file), bytes: read.value });
  }
  return err(notFound(named));
};

/**
 * Reads the files that pipelines call, by their plain paths below the workspace. Files that links lead to outside the
 * workspace are refused.
 */
export const calledFilesIn =
  (workspace: string): LoadFile =>
  (file) =>
    Promise.resolve(readCalledFile(workspace, file));

const readCalledFile = (workspace: string, file: string): Result<PipelineFile> => {
  const path = resolve(workspace, file);
  if (leadsOut(workspace, path)) return err(`"${file}" leads out of the workspace`);
  const read = readFileUpTo(path, PIPELINE_LIMIT_BYTES);
  if (!read.ok) return err(problemOf(file, read.error).message);
  return read.value === undefined ? err(notFound(file).message) : ok({ file, bytes: read.value });
};

/** False for a path that cannot be resolved: reading it will report why. */
const leadsOut = (workspace: string, path: string): boolean => {
  try {
    return !isInside(realpathSync.native(workspace), realpathSync.native(path));
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return false;
  }
};

/** The same name for the same file, because a run remembers it. */
const plainName = (folder: string, named: string): string => {
  const file = resolve(folder, named);
  return isInside(folder, file) ? relative(folder, file) : file;
};

const notFound = (named: string | undefined): Diagnostic => ({
  code: 'file-not-found',
  message:
    named === undefined
      ? `no pipeline file here; looked for ${PIPELINE_NAMES.join(', ')} (savepoint init writes one to begin with)`
      : `there is no file "${named}"`,
});

const problemOf = (file: string, problem: ReadProblem): Diagnostic => {
  switch (problem.kind) {
    case 'directory':
      return {
        code: 'file-is-directory',
        message: `"${file}" is a directory, expected a pipeline file in it to be named`,
      };
    case 'too-large':
      return { code: 'file-too-large', message: `"${file}" is larger than 4 MiB, too large for a pipeline file` };
    case 'unreadable':
      return { code: 'file-unreadable', message: `"${file}" cannot be read: ${problem.message}` };
    default:
      return never(problem);
  }
};
