import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { abortInPost, type LeftRun } from '../../../src/github/job/abort-in-post.js';
import { readJournaledRun } from '../../../src/github/checkpoint/job-journal.js';
import { acquireLock } from '../../../src/machine/workdir/lock.js';
import { openWorkDirectory } from '../../../src/machine/workdir/work-directory.js';
import { createAbortScope } from '../../../src/run/context/abort-scope.js';
import type { EventBody } from '../../../src/state/event.js';
import { CHAIN_START, encodeLine } from '../../../src/state/journal-format.js';
import { errorOf, valueOf } from '../../machine/temp-folder.js';
import { started } from '../../report/recorded-run.js';
import { newJobRig, surroundingsOf, writePipeline, type JobRig } from '../job-rig.js';

const PIPELINE = `
inputs: { who: { type: string }, key: { type: string } }
steps:
  - id: one
    run: "true"
    on_abortion:
      - id: undo
        env: { WHO: "\${{ inputs.who }}", KEY: "\${{ inputs.key }}", LEG: "\${{ matrix.leg }}" }
        run: |
          echo "$WHO, $KEY, $LEG, \${INPUT_WHO-none}, \${STATE_savepoint-none}" > "$RUNNER_TEMP/cleaned"
          echo "name=value" >> "$GITHUB_OUTPUT"
`;

/** A run in which main left a step running. Its input `who` was stored; `key` was not, because it held a secret. */
const leftRun = (rig: JobRig, more: Partial<LeftRun> = {}): LeftRun => {
  const job = rig.start();
  const start: EventBody = { type: 'run_started', pipeline: 'p', file: 'savepoint.yml', inputs: { who: 'main' } };
  let [text, hash, seq] = ['', CHAIN_START, 0];
  for (const body of [start, started('one')]) {
    const next = encodeLine({ v: 1, seq: ++seq, at: seq, run: 'r1', attempt: 1, ...body }, hash);
    [text, hash] = [`${text}${next.line}\n`, next.hash];
  }
  writeFileSync(job.folder.journalFile, text);
  const ownOutput = rig.temp.write('own-output', '');
  const env = rig.env({ env: { INPUT_WHO: 'post', STATE_savepoint: 'state', GITHUB_OUTPUT: ownOutput } });
  return {
    run: valueOf(readJournaledRun(Buffer.from(text))),
    workDir: `${rig.workspace}/.work`,
    folder: job.folder,
    surroundings: surroundingsOf(rig, env),
    inputs: { givenInputs: { who: 'post', key: 'given again' }, matrix: { leg: 'linux' } },
    display: job.display,
    scope: createAbortScope(),
    claim: () => Promise.resolve(true),
    ...more,
  };
};

test('fallbacks see what main was given, and nothing that is only for the action', async () => {
  await using rig = await newJobRig();
  writePipeline(rig, PIPELINE);
  const state = valueOf(await abortInPost(leftRun(rig)));
  expect(rig.temp.read('temp/cleaned')).toBe('main, given again, linux, none, none\n');
  expect(rig.temp.read('own-output')).toBe('');
  expect(state).toMatchObject({ status: 'aborted', attempt: 1, isCleanedUpLate: true });
  expect(rig.has('.work/lock.json')).toBe(false);
});

test('without the claim nothing runs, and the attempt has its end', async () => {
  await using rig = await newJobRig();
  writePipeline(rig, PIPELINE);
  const state = valueOf(await abortInPost(leftRun(rig, { claim: () => Promise.resolve(false) })));
  expect(state.status).toBe('aborted');
  expect(rig.has('../temp/cleaned')).toBe(false);
});

test('what cannot begin claims nothing', async () => {
  await using rig = await newJobRig();
  const claim = (): never => {
    throw new Error('claimed');
  };
  expect(errorOf(await abortInPost(leftRun(rig, { claim })))).toContain('there is no file "savepoint.yml"');
  writePipeline(rig, PIPELINE);
  const others = leftRun(rig, { claim, inputs: { givenInputs: { ky: 'typo' }, matrix: null } });
  expect(errorOf(await abortInPost(others))).toContain('unknown input "ky"');
  const workDir = valueOf(openWorkDirectory(rig.workspace, '.work'));
  const lock = valueOf(acquireLock(workDir.lockFile));
  expect(errorOf(await abortInPost(leftRun(rig, { claim })))).toMatch(/^another run uses this work directory/);
  lock.release();
});
