import { statSync } from 'node:fs';
import { never } from '../../base/assert.js';
import { err, ok, type Result } from '../../base/result.js';
import { formatSize } from '../../base/size.js';
import type { FoundFile } from '../../evaluate/context/workspace-files.js';
import { selectFiles, type GlobArea } from './glob.js';
import { tryIo } from '../files/io-result.js';
import { readFileUpTo, type ReadProblem } from '../files/read-file.js';
import { realFile } from '../files/inside.js';

/** The regular files that a glob matches, including links to one in the workspace, sorted by the bytes of their names. */
export const matchFiles = (area: GlobArea, glob: string): Result<readonly FoundFile[]> => {
  const names = selectFiles(area, [glob]);
  if (!names.ok) return names;
  return tryIo('cannot look at files', () => names.value.flatMap((name) => foundFile(area.workspace, name)));
};

/** The text of a file, by its path relative to the workspace; a file outside the workspace is refused. */
export const readWorkspaceText = (workspace: string, path: string, limitBytes: number): Result<string> => {
  const real = tryIo(`cannot read "${path}"`, () => realFile(workspace, path));
  if (!real.ok) return real;
  if (real.value === undefined) return err(`there is no file "${path}" in the workspace`);
  const read = readFileUpTo(real.value, limitBytes);
  if (!read.ok) return err(`"${path}" ${problemText(read.error, limitBytes)}`);
  return read.value === undefined ? err(`there is no file "${path}" in the workspace`) : ok(read.value.toString());
};

const foundFile = (workspace: string, path: string): readonly FoundFile[] => {
  const real = realFile(workspace, path);
  const stat = real === undefined ? undefined : statSync(real, { throwIfNoEntry: false });
  return stat === undefined ? [] : [{ path, sizeBytes: stat.size }];
};

const problemText = (problem: ReadProblem, limitBytes: number): string => {
  switch (problem.kind) {
    case 'directory':
      return 'is a directory, expected a file';
    case 'too-large':
      return `is larger than ${formatSize(limitBytes)}`;
    case 'unreadable':
      return `cannot be read: ${problem.message}`;
    default:
      return never(problem);
  }
};
