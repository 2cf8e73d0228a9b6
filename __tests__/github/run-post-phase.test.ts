import { expect, test } from 'vitest';
import { findCheckpoint } from '../../src/github/find-checkpoint.js';
import { runPostPhase } from '../../src/github/run-post-phase.js';
import {
  findingOf,
  newJobRig,
  newSteps,
  surroundingsOf,
  writePipeline,
  type JobRig,
  type JobStart,
} from './job-rig.js';
import { newMemoryLog } from './memory-log.js';
import { FROM_SOURCE } from './store-rig.js';

const post = async (rig: JobRig, job: JobStart, env: Record<string, string> = {}): Promise<string> => {
  await job.stores.close();
  writePipeline(rig, 'steps: [{ id: one, run: "true" }]');
  const log = newMemoryLog();
  await runPostPhase({
    main: { version: 1, identity: job.identity, tempDir: rig.temp.at('temp'), workDir: `${rig.workspace}/.work` },
    surroundings: surroundingsOf(rig, rig.env({ env })),
    write: log.write,
    storeProgram: FROM_SOURCE,
  });
  return log.text();
};

test('what main left is saved, and the values of the store are masked first', async () => {
  await using rig = await newJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  await steps.done('one', () => rig.write('a'));
  const log = await post(rig, job);
  expect(log.indexOf('::add-mask::')).toBeGreaterThan(-1);
  expect(log).toContain('saved for a re-run: the workspace after "one"\n');
  expect(await findCheckpoint(findingOf(rig.start({ attempt: 2 })))).toMatchObject({ kind: 'found' });
});

test('inputs that became wrong are a warning', async () => {
  await using rig = await newJobRig();
  const log = await post(rig, rig.start(), { 'INPUT_RETENTION-DAYS': 'many' });
  expect(log).toMatch(/::warning::nothing is saved: input "retention-days" is "many"/);
});

test('a folder that a step removed is told', async () => {
  await using rig = await newJobRig();
  const job = rig.start();
  const log = newMemoryLog();
  await runPostPhase({
    main: { version: 1, identity: job.identity, tempDir: rig.temp.at('gone'), workDir: '' },
    surroundings: surroundingsOf(rig, rig.env()),
    write: log.write,
    storeProgram: FROM_SOURCE,
  });
  expect(log.text()).toMatch(/^nothing is saved: .*gone\/savepoint-.* was removed\n$/);
});
