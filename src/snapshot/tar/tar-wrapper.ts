import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Result } from '../../base/result.js';
import { findProgramPath } from '../../machine/files/find-program.js';
import { tryIo } from '../../machine/files/io-result.js';

/**
 * Writes a `tar` (and `gtar`) into a folder that runs the one on the search path without `-P`, which the cache client
 * passes when unpacking. Without `-P` tar strips leading slashes, refuses `..`, and creates links that lead out only after
 * everything else. Returns the search path that begins with the folder.
 */
export const addTarWrapper = (folder: string, searchPath: string): Result<string> =>
  tryIo('cannot put tar in place', () => {
    mkdirSync(folder, { recursive: true });
    for (const name of ['tar', 'gtar']) {
      const program = findProgramPath(name, searchPath);
      if (program !== undefined) writeFileSync(join(folder, name), script(program), { mode: 0o755 });
    }
    return [folder, searchPath].join(delimiter);
  });

const script = (program: string): string => `#!/bin/sh
for argument do
  shift
  [ "$argument" = -P ] || set -- "$@" "$argument"
done
exec ${quoted(program)} "$@"
`;

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
