import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readPostState } from './github/post-state.js';
import type { Surroundings } from './machine/facts.js';
import { createFdWriter } from './machine/write-fd.js';

const env = { ...process.env };
const write = createFdWriter(1);
/** Beside this program, wherever it was put. */
const storeProgram = [process.execPath, join(dirname(process.argv[1] ?? ''), 'store', 'index.js')];

const reportBug = (error: unknown): never => {
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  write(`${details}\n::error::This is a bug in Savepoint, please report it with the lines above\n`);
  process.exit(isPost ? 0 : 70);
};

const post = readPostState(env);
const isPost = post !== undefined;

const surroundings = (): Surroundings => ({
  env,
  folder: process.cwd(),
  platform: process.platform,
  arch: process.arch,
  tempDir: tmpdir(),
  hostName: hostname(),
});

const main = async (): Promise<number> => {
  if (post === undefined) {
    const { runInJob } = await import('./github/run-in-job.js');
    return runInJob({ surroundings: surroundings(), write, storeProgram });
  }
  const { runPostPhase } = await import('./github/run-post-phase.js');
  await runPostPhase({ main: post, env, write, storeProgram });
  return 0;
};

process.on('uncaughtException', reportBug);
main().then((code) => process.exit(code), reportBug);
