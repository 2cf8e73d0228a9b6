import {
  closeSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../base/result.js';
import type { AttemptFiles, CommandFileTexts, Scratch } from '../run/ports.js';
import { ifThere, tryIo } from './io-result.js';
import { ownIdentity, parseIdentity, standingOf, type ProcessIdentity } from './process-identity.js';

/** The scratch folder of this process. */
export type ScratchFolder = Scratch & {
  readonly folder: string;
  /** Removes the folder with everything in it. */
  readonly close: () => Result<void>;
};

/** How much of one command file is read. */
export const COMMAND_FILE_LIMIT_BYTES = 1024 * 1024;

/** Makes a folder that only this user can enter, below `parent`: the system's temp folder, or `RUNNER_TEMP`. */
export const createScratch = (parent: string): Result<ScratchFolder> =>
  tryIo(`cannot make a private folder in ${parent}`, () => {
    const folder = mkdtempSync(join(parent, NAME_PREFIX));
    writeFileSync(join(folder, OWNER_NAME), JSON.stringify({ v: 1, ...ownIdentity() }), PRIVATE);
    let attempts = 0;
    return {
      folder,
      open: (script, extension) => {
        attempts += 1;
        return openAttempt(join(folder, String(attempts)), script, extension);
      },
      close: () => tryIo(`cannot remove ${folder}`, () => rmSync(folder, { recursive: true, force: true })),
    };
  });

/** Removes the scratch folders of processes that died without removing theirs; says how many. */
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

const openAttempt = (stem: string, script: string, extension: string): Result<AttemptFiles> => {
  const scriptFile = `${stem}${extension}`;
  const files = {
    scriptFile,
    outputFile: `${stem}-output`,
    envFile: `${stem}-env`,
    pathFile: `${stem}-path`,
    summaryFile: `${stem}-summary`,
  };
  return tryIo('cannot write the files of a step', () => {
    writeFileSync(scriptFile, script, PRIVATE);
    createEmpty(files.outputFile);
    createEmpty(files.envFile);
    createEmpty(files.pathFile);
    createEmpty(files.summaryFile);
    return { ...files, collect: () => collect(files) };
  });
};

const createEmpty = (file: string): void => {
  closeSync(openSync(file, PRIVATE.flag, PRIVATE.mode));
};

/** All files go, also when one of them cannot be used. */
const collect = (files: Omit<AttemptFiles, 'collect'>): Result<CommandFileTexts> => {
  const output = take('GITHUB_OUTPUT', files.outputFile);
  const env = take('GITHUB_ENV', files.envFile);
  const path = take('GITHUB_PATH', files.pathFile);
  const summary = take('GITHUB_STEP_SUMMARY', files.summaryFile);
  const script = tryIo('cannot remove the script', () => removeIfThere(files.scriptFile));
  if (!output.ok) return output;
  if (!env.ok) return env;
  if (!path.ok) return path;
  if (!summary.ok) return summary;
  return script.ok ? ok({ output: output.value, env: env.value, path: path.value, summary: summary.value }) : script;
};

const take = (name: string, file: string): Result<string> => {
  const text = tryIo(`cannot read ${name}`, () => readCommandFile(name, file));
  const removed = tryIo(`cannot remove ${name}`, () => removeIfThere(file));
  if (!text.ok) return text;
  return removed.ok ? text.value : removed;
};

const readCommandFile = (name: string, file: string): Result<string> => {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined || (stat.isFile() && stat.size === 0)) return ok('');
  if (!stat.isFile()) return err(`the step put something that is no regular file in place of ${name}`);
  if (stat.size > COMMAND_FILE_LIMIT_BYTES)
    return err(`the step wrote ${String(stat.size)} bytes to ${name}; at most 1 MiB is read`);
  return ok(readFileSync(file, 'utf8'));
};

const removeIfThere = (file: string): void => {
  ifThere(() => unlinkSync(file));
};

/** A folder without an owner is one that is just being made, or not ours. */
const isStale = (folder: string, own: ProcessIdentity): boolean => {
  const text = tryIo('cannot read the owner', () => readFileSync(join(folder, OWNER_NAME), 'utf8'));
  const owner = text.ok ? parseIdentity(text.value) : undefined;
  return owner !== undefined && standingOf(owner, own) === 'gone';
};
