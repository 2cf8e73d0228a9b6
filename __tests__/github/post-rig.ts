import { createActionDisplay } from '../../src/github/log/action-display.js';
import { readActionInputs } from '../../src/github/runner/action-inputs.js';
import { runPost } from '../../src/github/job/run-post.js';
import { createAbortScope, type AbortScope } from '../../src/run/context/abort-scope.js';
import { valueOf } from '../machine/temp-folder.js';
import { surroundingsOf, writePipeline, type JobRig, type JobStart } from './job-rig.js';
import { newMemoryLog } from './memory-log.js';
import { FROM_SOURCE } from './store-rig.js';

/** The log of `post`. */
export type Post = { readonly notes: readonly string[]; readonly warnings: readonly string[]; readonly log: string };

/** A main that has ended, and the environment of `post`. */
export type PostOf = {
  readonly job: JobStart;
  readonly env?: Readonly<Record<string, string>>;
  readonly scope?: AbortScope;
};

/** Runs `post` after that main. */
export const post = (rig: JobRig, job: JobStart, env: Record<string, string> = {}): Promise<Post> =>
  postIn(rig, { job, env });

/** The same, with a scope that a test may stop. */
export const postIn = async (rig: JobRig, { job, env = {}, scope = createAbortScope() }: PostOf): Promise<Post> => {
  await job.stores.close();
  if (!rig.has('savepoint.yml')) writePipeline(rig, 'steps: [{ id: one, run: "true" }, { id: two, run: "true" }]');
  const [notes, warnings]: [string[], string[]] = [[], []];
  const all = rig.env({ attempt: job.identity.attempt, env });
  const out = newMemoryLog();
  await runPost({
    main: { version: 1, identity: job.identity, tempDir: rig.temp.at('temp'), workDir: `${rig.workspace}/.work` },
    inputs: valueOf(readActionInputs(all)),
    surroundings: surroundingsOf(rig, all),
    storeProgram: FROM_SOURCE,
    display: {
      ...createActionDisplay(out, 'token'),
      note: (text) => notes.push(text),
      warning: (text) => warnings.push(text),
    },
    scope,
  });
  return { notes, warnings, log: out.text() };
};
