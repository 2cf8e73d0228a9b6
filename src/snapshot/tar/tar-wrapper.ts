import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Result } from '../../base/result.js';
import { findProgramPath } from '../../machine/files/find-program.js';
import { tryIo } from '../../machine/files/io-result.js';

/**
 * Puts a `tar` (and `gtar`) into a folder that runs the one on the search path, but never with `-P`, which the cache's
 * client passes when it unpacks: without it tar strips leading slashes, refuses `..`, and makes no link that leads out
 * before everything else is in place. Gives the search path that begins with that folder.
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
