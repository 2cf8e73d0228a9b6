import { lstatSync, mkdtempSync, readFileSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../base/result.js';
import type { AttemptFiles, CommandFileTexts, Scratch } from '../../run/context/ports.js';
import { createCommandFilePool, type CommandFilePool, type CommandFiles } from './command-file-pool.js';
import { ifThere, tryIo, tryIoResult } from '../files/io-result.js';
import { ownIdentity, parseIdentity, standingOf, type ProcessIdentity } from '../process/process-identity.js';

/** The scratch folder of this process. */
export type ScratchFolder = Scratch & {
  readonly folder: string;
  /** Removes the folder with everything in it. */
  readonly close: () => Result<void>;
};

/** The most that is read of one command file. */
export const COMMAND_FILE_LIMIT_BYTES = 1024 * 1024;

/** Makes a folder that only this user can enter, below `parent`, the folder for temporary files. */
export const createScratch = (parent: string): Result<ScratchFolder> =>
  tryIo(`cannot make a private folder in ${parent}`, () => {
    const folder = mkdtempSync(join(parent, NAME_PREFIX));
    writeFileSync(join(folder, OWNER_NAME), JSON.stringify({ v: 1, ...ownIdentity() }), PRIVATE);
    const pool = createCommandFilePool(folder);
    let attempts = 0;
    return {
      folder,
      open: (script, extension) => {
        attempts += 1;
        const stem = join(folder, String(attempts));
        const scriptFile = `${stem}${extension}`;
        return tryIo('cannot write the files of a step', () => {
          writeFileSync(scriptFile, script, PRIVATE);
          return openAttempt(pool, stem, scriptFile);
        });
      },
      close: () => tryIo(`cannot remove ${folder}`, () => rmSync(folder, { recursive: true, force: true })),
    };
  });

/** Removes the scratch folders of dead processes; returns their number. */
export const removeStaleScratch = (parent: string): Result<number> =>
  tryIo(`cannot clean up ${parent}`, () => {
    const own = ownIdentity();
    const stale = readdirSync(parent)
      .filter((name) => name.startsWith(NAME_PREFIX))
      .map((name) => join(parent, name))
      .filter((folder) => isStale(folder, own));
    for (const folder of stale) rmSync(folder, { recursive: true, force: true });
    return stale.length;
  });

const NAME_PREFIX = 'savepoint-scratch-';
const OWNER_NAME = 'owner.json';
const PRIVATE = { flag: 'wx', mode: 0o600 } as const;

const openAttempt = (pool: CommandFilePool, stem: string, scriptFile: string): AttemptFiles => {
  const files = pool.take(stem);
  const clearUp = (): void => {
    ifThere(() => unlinkSync(scriptFile));
    pool.putBack(stem);
  };
  return { scriptFile, ...files, collect: () => collect(files, clearUp) };
};

/** Removes all files, even if one of them cannot be read. */
const collect = (files: CommandFiles, clearUp: () => void): Result<CommandFileTexts> => {
  const output = read('GITHUB_OUTPUT', files.outputFile);
  const env = read('GITHUB_ENV', files.envFile);
  const path = read('GITHUB_PATH', files.pathFile);
  const summary = read('GITHUB_STEP_SUMMARY', files.summaryFile);
  const cleared = tryIo('cannot remove the files of a step', clearUp);
  if (!output.ok) return output;
  if (!env.ok) return env;
  if (!path.ok) return path;
  if (!summary.ok) return summary;
  return cleared.ok ? ok({ output: output.value, env: env.value, path: path.value, summary: summary.value }) : cleared;
};

const read = (name: string, file: string): Result<string> =>
  tryIoResult(`cannot read ${name}`, () => readCommandFile(name, file));

const readCommandFile = (name: string, file: string): Result<string> => {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined || (stat.isFile() && stat.size === 0)) return ok('');
  if (!stat.isFile()) return err(`the step put something that is no regular file in place of ${name}`);
  if (stat.size > COMMAND_FILE_LIMIT_BYTES)
    return err(`the step wrote ${String(stat.size)} bytes to ${name}; at most 1 MiB is read`);
  return ok(readFileSync(file, 'utf8'));
};

/** A folder without an owner is just being made, or belongs to another program. */
const isStale = (folder: string, own: ProcessIdentity): boolean => {
  const text = tryIo('cannot read the owner', () => readFileSync(join(folder, OWNER_NAME), 'utf8'));
  const owner = text.ok ? parseIdentity(text.value) : undefined;
  return owner !== undefined && standingOf(owner, own) === 'gone';
};
