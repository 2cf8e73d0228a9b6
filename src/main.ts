import { readPostState } from './github/runner/post-state.js';
import { limitHeap } from './machine/process/v8-flags.js';
import { programBeside, programName, readSurroundings } from './machine/surroundings.js';
import { createFdWriter } from './machine/files/descriptor.js';

const surroundings = readSurroundings();
const { env } = surroundings;
const write = createFdWriter(1);
const storeProgram = programBeside('store/index.js');
/** By the program's name, not by saved state: main may have been killed before it saved any. */
const isPost = programName() === 'post.js';

const reportBug = (error: unknown): never => {
  const details = error instanceof Error ? (error.stack ?? error.message) : String(error);
  write(`${details}\n::error::This is a bug in Savepoint, please report it with the lines above\n`);
  process.exit(isPost ? 0 : 70);
};

const runMain = async (): Promise<number> => {
  limitHeap();
  const { runInJob } = await import('./github/job/run-in-job.js');
  return runInJob({ surroundings, write, storeProgram });
};

const runPost = async (): Promise<number> => {
  const main = readPostState(env);
  if (main === undefined) return 0;
  const { runPostPhase } = await import('./github/job/run-post-phase.js');
  await runPostPhase({ main, surroundings, write, storeProgram });
  return 0;
};

process.on('uncaughtException', reportBug);
(isPost ? runPost() : runMain()).then((code) => process.exit(code), reportBug);
