import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TempFolder } from '../machine/temp-folder.js';
import { FROM_SOURCE } from './store-rig.js';

/** The result of a phase of the action that ran in a separate process. */
export type PhaseEnd = {
  readonly exitCode: number | null;
  readonly log: string;
  /** Of main: the state that `post` gets in addition to its environment. */
  readonly state: Record<string, string>;
  readonly outputs: string;
  readonly summary: string;
};

/** Runs main from the sources; or `post`, if given the state that main saved. */
export const runPhase = (env: Readonly<Record<string, string>>, temp: TempFolder): Promise<PhaseEnd> => {
  const files = ['GITHUB_STATE', 'GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY', 'GITHUB_ENV', 'GITHUB_PATH'];
  const named = Object.fromEntries(files.map((name) => [name, temp.write(`files/${name}`, '')]));
  const child = spawn(process.execPath, ['--no-warnings', '--import', HOOK, '--input-type=module', '--eval', PHASE], {
    env: { ...env, ...named },
    cwd: temp.path,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) =>
    child.on('close', (exitCode) => {
      const of = (name: string): string => readFileSync(named[name] ?? '', 'utf8');
      const saved = [...of('GITHUB_STATE').matchAll(/savepoint<<(\S+)\n(.*)\n\1/g)].at(-1)?.[2];
      resolve({
        exitCode,
        log: Buffer.concat(chunks).toString(),
        state: saved === undefined ? {} : { STATE_savepoint: saved },
        outputs: of('GITHUB_OUTPUT'),
        summary: of('GITHUB_STEP_SUMMARY'),
      });
    }),
  );
};

const HOOK = fileURLToPath(new URL('../../scripts/typescript-sources.mjs', import.meta.url));
const SOURCES = new URL('../../src/', import.meta.url).href;

/** As `main.ts` does, but with a worker process from the sources. */
const PHASE = `
  import { readPostState } from '${SOURCES}github/runner/post-state.ts';
  import { runInJob } from '${SOURCES}github/job/run-in-job.ts';
  import { runPostPhase } from '${SOURCES}github/job/run-post-phase.ts';
  import { readSurroundings } from '${SOURCES}machine/surroundings.ts';
  import { createFdWriter } from '${SOURCES}machine/files/descriptor.ts';
  const surroundings = readSurroundings();
  const { env } = surroundings;
  const common = { write: createFdWriter(1), storeProgram: ${JSON.stringify(FROM_SOURCE)} };
  const main = readPostState(env);
  if (main === undefined) process.exit(await runInJob({ surroundings, ...common }));
  await runPostPhase({ main, surroundings, ...common });
  process.exit(0);
`;
