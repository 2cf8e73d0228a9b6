import { hostname, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Surroundings } from './facts.js';

/** The surroundings of this process; the environment is a copy. */
export const readSurroundings = (): Surroundings => {
  const env = { ...process.env };
  return {
    env,
    folder: currentFolder(env),
    platform: process.platform,
    arch: process.arch,
    tempDir: tmpdir(),
    hostName: hostname(),
  };
};

/** The name of the file that this process was started with. */
export const programName = (): string => basename(process.argv[1] ?? '');

/** The command that starts one of our other programs, by its path relative to the running program's folder. */
export const programBeside = (path: string): readonly string[] => [
  process.execPath,
  join(dirname(process.argv[1] ?? ''), path),
];

/** The current folder may have been removed; then its name comes from the environment. */
const currentFolder = (env: Surroundings['env']): string => {
  try {
    return process.cwd();
  } catch {
    return env['PWD'] ?? '/';
  }
};
