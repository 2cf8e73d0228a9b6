import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findCheckpoint } from '../../../src/github/checkpoint/find-checkpoint.js';
import { runPostPhase } from '../../../src/github/job/run-post-phase.js';
import { decodeJournal } from '../../../src/state/journal-format.js';
import { unpacked } from '../../snapshot/archives.js';
import { valueOf } from '../../machine/temp-folder.js';
import { until } from '../../machine/until.js';
import { started } from '../../report/recorded-run.js';
import { isAlive } from '../../rig/is-alive.js';
import {
  findingOf,
  newJobRig,
  newSteps,
  surroundingsOf,
  writePipeline,
  type JobRig,
  type JobStart,
} from '../job-rig.js';
import { newMemoryLog } from '../memory-log.js';
import { FROM_SOURCE } from '../store-rig.js';

const CLEANING = `
on_abortion: [{ id: slow, shell: sh, run: 'echo $$ > pid; exec sleep 600' }]
finally: [{ id: last, run: 'touch finally-ran' }]
steps: [{ id: one, run: "true" }, { id: two, run: "true" }]
`;

const post = async (rig: JobRig, job: JobStart, env: Record<string, string> = {}): Promise<string> => {
  await job.stores.close();
  if (!rig.has('savepoint.yml')) writePipeline(rig, 'steps: [{ id: one, run: "true" }]');
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

test('a signal to post itself ends the fallback that runs, once the claim is saved, and what is left is still done', async () => {
  await using rig = await newJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  await steps.done('one', () => rig.write('a'));
  steps.run.add(started('two'));
  writePipeline(rig, CLEANING);
  const before = [process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')];
  const posting = post(rig, job);
  await until(() => rig.has('pid') && rig.read('pid').endsWith('\n'));
  process.emit('SIGINT', 'SIGINT');
  const log = await posting;
  expect(isAlive(Number(rig.read('pid')))).toBe(false);
  expect(rig.has('finally-ran')).toBe(false);
  expect(log).toMatch(/there was no time for .*finally/);
  expect(log).toContain('the record of this run (state, journal, logs) is in the artifact');
  const types = valueOf(decodeJournal(readFileSync(job.folder.journalFile))).events.map(({ type }) => type);
  expect(types.at(-1)).toBe('run_aborted');
  const finding = await findCheckpoint(findingOf(rig.start({ attempt: 2 })));
  if (finding.kind !== 'found') throw new Error(finding.kind);
  expect(unpacked(finding.checkpoint.journal.file).toString()).toContain('"late_abortion"');
  expect([process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')]).toEqual(before);
});

test('inputs that became wrong are a warning', async () => {
  await using rig = await newJobRig();
  const log = await post(rig, rig.start(), { 'INPUT_RETENTION-DAYS': 'many' });
  expect(log).toMatch(/::warning::nothing is saved: input "retention-days" is "many"/);
});

test('a folder that a step removed is reported', async () => {
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
