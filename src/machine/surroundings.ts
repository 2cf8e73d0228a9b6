import { hostname, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Surroundings } from './facts.js';

/** What this process was started with; the environment is a copy. */
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

/** How to start a program of ours by its path from the folder of the one that runs, wherever that was put. */
export const programBeside = (path: string): readonly string[] => [
  process.execPath,
  join(dirname(process.argv[1] ?? ''), path),
];

/** Also of a folder that was removed in the meantime: then nothing is found in it. */
const currentFolder = (env: Surroundings['env']): string => {
  try {
    return process.cwd();
  } catch {
    return env['PWD'] ?? '/';
  }
};
