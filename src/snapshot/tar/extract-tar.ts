import { spawn } from 'node:child_process';
import { err, ok, type Result } from '../../base/result.js';

/** A tar that puts what it is given into a folder. */
export type Extraction = {
  /** Gives it bytes of an archive; resolves once it has taken them, to whether it still takes any. */
  readonly write: (bytes: Buffer) => Promise<boolean>;
  /** After the last byte: waits for it. */
  readonly end: () => Promise<Result<void>>;
  /** Ends it at once. */
  readonly cancel: () => Promise<void>;
};

/** Starts a tar, GNU's or another, that keeps modes and makes everything ours. */
export const startExtraction = (program: string, folder: string): Extraction => {
  const child = spawn(program, ['-x', '-p', '--no-same-owner', '-f', '-', '-C', folder], {
    argv0: 'tar',
    env: { LC_ALL: 'C', PATH: process.env['PATH'] },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('latin1', 0, STDERR_LIMIT - said.length)));
  // A tar that ended early says why by its exit code.
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
    return child.exitCode === 0 ? ok(undefined) : err(`tar cannot unpack it: ${firstLine(said)}`);
  };
  const cancel = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  return { write, end, cancel };
};

const STDERR_LIMIT = 16 * 1024;

const firstLine = (said: string): string =>
  said
    .split('\n')
    .find((line) => line !== '')
    ?.replace(/^tar: /, '') ?? 'it does not say why';
