import { relative, resolve } from 'node:path';
import { never } from '../base/assert.js';
import { err, ok, type Result } from '../base/result.js';
import type { Diagnostic } from '../language/diagnostic.js';
import { isInside } from './inside.js';
import { readFileUpTo, type ReadProblem } from './read-file.js';

/** A pipeline file as found: its name, relative where it is below the workspace, and what it holds. */
export type PipelineFile = { readonly file: string; readonly bytes: Buffer };

/** Where a pipeline is looked for when none is named, the first one wins. */
export const PIPELINE_PLACES = [
  'savepoint.yml',
  '.github/savepoint.yml',
  'pipeline.yml',
  '.github/pipeline.yml',
] as const;

/** The largest pipeline file that is read, in bytes. */
export const PIPELINE_LIMIT_BYTES = 4 * 1024 * 1024;

/** Finds the named pipeline file, or else the first of the usual ones, below `folder`. */
export const findPipelineFile = (folder: string, named: string | undefined): Result<PipelineFile, Diagnostic> => {
  for (const file of named === undefined ? PIPELINE_PLACES : [named]) {
    const read =
      named?.includes('\0') === true ? ok(undefined) : readFileUpTo(resolve(folder, file), PIPELINE_LIMIT_BYTES);
    if (!read.ok) return err(problemOf(file, read.error));
    if (read.value !== undefined) return ok({ file: plainName(folder, file), bytes: read.value });
  }
  return err(notFound(named));
};

/** One file, one name: a run remembers it. */
const plainName = (folder: string, named: string): string => {
  const file = resolve(folder, named);
  return isInside(folder, file) ? relative(folder, file) : file;
};

const notFound = (named: string | undefined): Diagnostic => ({
  code: 'file-not-found',
  message:
    named === undefined
      ? `no pipeline file here; looked for ${PIPELINE_PLACES.join(', ')} (savepoint init writes one to begin with)`
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
