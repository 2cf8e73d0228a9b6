import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { promisify } from 'node:util';
import { err, ok, type Result } from '../../base/result.js';
import { findProgramPath } from '../../machine/files/find-program.js';
import { tryIo } from '../../machine/files/io-result.js';

/** A GNU tar of this machine. */
export type GnuTar = {
  /** Absolute path. */
  readonly program: string;
  /** As printed by it, such as `1.34`. */
  readonly version: string;
};

/** How a run of tar ended. */
export type TarRun = {
  /** 128 plus the signal's number if a signal ended it. */
  readonly exitCode: number;
  /** Its messages in English, names escaped by tar; limited to 64 KiB plus a line that counts the rest. */
  readonly stderr: string;
};

/** A running tar that extracts into a folder. */
export type Extraction = {
  /** Writes bytes of an archive; resolves once tar has read them, to whether it still accepts input. */
  readonly write: (bytes: Buffer) => Promise<boolean>;
  /** Waits for tar to finish; call it after the last byte. */
  readonly end: () => Promise<Result<void>>;
  /** Kills it. */
  readonly cancel: () => Promise<void>;
};

/** Finds GNU tar on a search path: `tar`, on macOS `gtar` first. Undefined if tar is missing or not GNU's. */
export const findGnuTar = async (env: { readonly PATH?: string | undefined }): Promise<GnuTar | undefined> => {
  const names = process.platform === 'darwin' ? ['gtar', 'tar'] : ['tar'];
  for (const name of names) {
    const program = findProgramPath(name, env.PATH ?? '');
    const version = program === undefined ? undefined : await gnuVersion(program);
    if (program !== undefined && version !== undefined) return { program, version };
  }
  return undefined;
};

/**
 * Runs a tar with only PATH from our environment; its output is discarded. An error when it cannot be started, or when
 * `signal` cancels and kills it. Its messages begin with `tar: `, whatever the program's name.
 */
export const runTar = (program: string, args: readonly string[], signal?: AbortSignal): Promise<Result<TarRun>> =>
  new Promise((resolve) => {
    const started = tryIo(`cannot start ${program}`, () => startTar(program, args, signal));
    if (!started.ok) return resolve(started);
    const child = started.value;
    const stderr = collectStart(child);
    child.once('error', (error) => {
      if (child.pid === undefined) resolve(err(`cannot start ${program}: ${error.message}`));
    });
    child.once('close', (code, endedBy) => {
      if (signal?.aborted === true) return resolve(err('tar was cancelled'));
      const exitCode = endedBy === null ? (code ?? 0) : 128 + constants.signals[endedBy];
      resolve(ok({ exitCode, stderr: stderr() }));
    });
  });

/** Starts any tar, GNU's or another, that restores modes and makes this user the owner. */
export const startExtraction = (program: string, folder: string): Extraction => {
  const child = spawn(program, ['-x', '-p', '--no-same-owner', '-f', '-', '-C', folder], {
    argv0: 'tar',
    env: cleanEnvironment(),
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const stderr = collectStart(child);
  // If tar ends early, its exit code and messages report why.
  child.stdin.on('error', () => {});
  const ended = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(`cannot start ${program}: ${error.message}`));
    child.once('close', () => resolve(undefined));
  });
  const write = (bytes: Buffer): Promise<boolean> =>
    new Promise((resolve) => {
      child.stdin.write(bytes, (error) => resolve(error === null || error === undefined));
    });
  const end = async (): Promise<Result<void>> => {
    child.stdin.end();
    const problem = await ended;
    if (problem !== undefined) return err(problem);
    return child.exitCode === 0 ? ok(undefined) : err(`tar cannot unpack it: ${firstLine(stderr())}`);
  };
  const cancel = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  return { write, end, cancel };
};

const startTar = (program: string, args: readonly string[], signal: AbortSignal | undefined): ChildProcess =>
  spawn(program, args, {
    argv0: 'tar',
    env: cleanEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(signal === undefined ? {} : { signal, killSignal: 'SIGKILL' }),
  });

const gnuVersion = async (program: string): Promise<string | undefined> => {
  try {
    const { stdout } = await promisify(execFile)(program, ['--version'], { env: cleanEnvironment() });
    return /^tar \(GNU tar\) (\S+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
};

/** Without TAR_OPTIONS, translations and secrets. */
const cleanEnvironment = (): NodeJS.ProcessEnv => ({ LC_ALL: 'C', PATH: process.env['PATH'] });

const STDERR_LIMIT_BYTES = 64 * 1024;

/** Collects the start of a process's messages, so that a million messages need little memory. */
const collectStart = (child: ChildProcess): (() => string) => {
  const chunks: Buffer[] = [];
  let kept = 0;
  let dropped = 0;
  child.stderr?.on('data', (chunk: Buffer) => {
    const taken = chunk.subarray(0, STDERR_LIMIT_BYTES - kept);
    chunks.push(taken);
    kept += taken.length;
    dropped += chunk.length - taken.length;
  });
  return () => {
    const text = Buffer.concat(chunks).toString('latin1');
    return dropped === 0 ? text : `${text}\ntar: ${String(dropped)} more bytes of messages\n`;
  };
};

const firstLine = (text: string): string =>
  text
    .split('\n')
    .find((line) => line !== '')
    ?.replace(/^tar: /, '') ?? 'it does not say why';
