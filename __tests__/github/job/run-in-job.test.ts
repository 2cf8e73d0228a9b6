import { mkdirSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findCheckpoint } from '../../../src/github/checkpoint/find-checkpoint.js';
import { findingOf, newJobRig, writePipeline, type JobRig, type StartOptions } from '../job-rig.js';
import { runPhase, type PhaseEnd } from '../phase-rig.js';
import { checkpointEntries } from '../../rig/github/checkpoint-entries.js';

const run = (rig: JobRig, options?: StartOptions): Promise<PhaseEnd> => runPhase(rig.env(options), rig.temp);

/** Steps that each write a file; the later ones fail until the test lets them succeed. */
const pipelineOf = (temp: string): string => `
steps:
  - { id: one, run: "echo 1 > one; echo ONE=1 >> $GITHUB_ENV" }
  - { id: two, run: "test -e ${temp}/go-two && cat one > two" }
  - { id: three, run: "test \\"$ONE\\" = 1 && test -e ${temp}/go-three && cat two > three" }
`;

test('three attempts make one run, each going on where the one before it ended', async () => {
  await using rig = await newJobRig();
  const ends: PhaseEnd[] = [];
  for (const attempt of [1, 2, 3]) {
    rmSync(rig.workspace, { recursive: true });
    mkdirSync(rig.workspace);
    writePipeline(rig, pipelineOf(rig.temp.path));
    ends.push(await run(rig, { attempt }));
    rig.temp.write(attempt === 1 ? 'go-two' : 'go-three');
  }
  expect(ends.map(({ exitCode }) => exitCode)).toEqual([1, 1, 0]);
  const outputs = (name: string): readonly (string | undefined)[] =>
    ends.map((end) => new RegExp(`^${name}<<(\\S+)\\n(.*)\\n\\1$`, 'm').exec(end.outputs)?.[2]);
  expect(outputs('steps-resumed')).toEqual(['0', '1', '2']);
  expect(outputs('checkpoint')).toEqual(['saved', 'saved', 'none']);
  expect(new Set(outputs('run-id')).size).toBe(1);
  expect(rig.read('three')).toBe('1\n');
  const finding = await findCheckpoint(findingOf(rig.start({ attempt: 4 })));
  if (finding.kind !== 'found') throw new Error(JSON.stringify(finding));
  const { manifest } = finding.checkpoint;
  expect(manifest).toMatchObject({ attempt: 2, sequence: 2, chain: [{ step: 'one' }, { step: 'two' }] });
  expect(manifest.machine_paths).toHaveLength(2);
  expect(manifest.baseline?.key).toMatch(/-001-000001-/);
}, 60_000);

test('wrong inputs, a wrong file and a missing one are refused, and leave post nothing to do', async () => {
  await using rig = await newJobRig();
  const missing = await run(rig);
  expect([missing.exitCode, missing.log]).toEqual([1, expect.stringContaining('::error::')]);
  writePipeline(rig, 'steps: [{ run: "true", neds: [a] }]\n');
  const wrong = await run(rig);
  expect([wrong.exitCode, wrong.log]).toEqual([1, expect.stringContaining('did you mean "needs"')]);
  const inputs = await run(rig, { env: { INPUT_RESUME: 'allways' } });
  expect([inputs.exitCode, inputs.log]).toEqual([1, expect.stringContaining('input "resume"')]);
  for (const { state } of [missing, wrong]) {
    const post = await runPhase({ ...rig.env(), ...state }, rig.temp);
    expect([post.exitCode, post.log]).toEqual([0, '']);
  }
  expect(await rig.github.entries()).toEqual([]);
}, 60_000);

test('two uses in one job have checkpoints of their own', async () => {
  await using rig = await newJobRig();
  writePipeline(rig, 'steps: [{ id: one, run: "echo $RANDOM > file" }, { id: two, run: "exit 1" }]\n');
  await run(rig);
  await run(rig, { env: { GITHUB_ACTION: 'savepoint_2' } });
  const legs = new Set((await checkpointEntries(rig.github)).map(({ key }) => key.split('-')[5]));
  expect(legs.size).toBe(2);
}, 60_000);

test('why there are no checkpoints is reported once, and the run continues', async () => {
  await using rig = await newJobRig();
  writePipeline(rig, 'steps: [{ id: one, run: "true" }]\n');
  const { exitCode, log, state } = await run(rig, { env: { 'INPUT_ENCRYPTION-KEY': '' } });
  expect(exitCode).toBe(0);
  expect(log.match(/::warning::no checkpoints: "encryption-key" is empty/g)).toHaveLength(1);
  const post = await runPhase({ ...rig.env({ env: { 'INPUT_ENCRYPTION-KEY': '' } }), ...state }, rig.temp);
  expect(post.log).not.toContain('::warning::');
}, 60_000);
