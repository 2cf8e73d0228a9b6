import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newTempFolder } from '../../machine/temp-folder.js';
import type { GivenInputs } from '../../rig/runner/job.js';
import type { StepResult } from '../../rig/runner/running-step.js';
import type { JobRig } from '../../rig/runner/workflow-run.js';
import {
  held,
  leaf,
  messagesOf,
  openTrail,
  startAndPass,
  type Trail,
  type TrailOptions,
  UPLOADS_AT_ONCE,
} from './endings.js';
import { forge, withManifest } from './forge-checkpoint.js';
import { untilSaved } from './scenes.js';
import { checkpointEntries } from '../../rig/github/checkpoint-entries.js';
import type { Damage } from '../../rig/github/start-github.js';
import { LONG, SAMPLED, sampleOf } from '../../rig/scale.js';

/** The first step waits before it does anything; the second one fails if the test says so. */
const STEPS = [
  leaf('one', 'puppet one; rm gone; mkdir -p out/deep; echo 1 > out/deep/file; echo result > result'),
  leaf('two', 'exit "$VERDICT"'),
];

const FILES = { gone: 'gone', kept: 'kept', 'folder/kept': 'kept' };

/** A run whose first attempt left a checkpoint. */
const openWithCheckpoint = async (options: TrailOptions = {}): Promise<Trail> => {
  const scene = await openTrail(STEPS, { files: FILES, ...options });
  const job = scene.nextJob();
  const step = job.runStep({}, { env: { VERDICT: '1' } });
  (await scene.puppet('one').nextInvocation()).exit(0);
  expect((await step.ended).outputs['checkpoint']).toBe('saved');
  await job.machineLost();
  return scene;
};

/** An attempt that cannot restore: when the first step runs again, the workspace is as before the restore. */
const expectUntouched = async (
  scene: Trail,
  prepare: (job: JobRig) => void = () => undefined,
): Promise<{ readonly job: JobRig; readonly result: StepResult }> => {
  const job = scene.nextJob();
  prepare(job);
  const before = job.tree();
  const step = job.runStep({}, { env: { VERDICT: '1' } });
  const one = await scene.puppet('one').nextInvocation();
  const { 'one.txt': _written, ...now } = job.tree();
  expect(now).toEqual(before);
  one.exit(0);
  return { job, result: await step.ended };
};

/** An attempt that must resume and cannot: it fails, and nothing runs or changes. */
const expectRefusal = async (scene: Trail, prepare: (job: JobRig) => void = () => undefined): Promise<string> => {
  const required: GivenInputs = { resume: 'require' };
  const job = scene.nextJob();
  prepare(job);
  const [before, known] = [job.tree(), scene.trail()];
  const result = await job.runStep(required, { env: { VERDICT: '0' } }).ended;
  expect(result.exitCode).toBe(1);
  expect(job.tree()).toEqual(before);
  expect(scene.trail()).toEqual(known);
  await job.finish();
  return messagesOf('error', result).join('\n');
};

const linkOut = ({ workspace }: JobRig): void => {
  mkdirSync(join(workspace, 'elsewhere'));
  symlinkSync('elsewhere', join(workspace, 'out'));
};

const folderInPlaceOfFile = ({ workspace }: JobRig): void => {
  mkdirSync(join(workspace, 'result'));
  writeFileSync(join(workspace, 'result/mine'), 'mine');
};

describe('a restore that fails half-way leaves the workspace as it was, and the job starts fresh', () => {
  test.each([
    ['a folder is a link here', linkOut, '"out" is a link here and a folder in the checkpoint'],
    ['a file is a folder here', folderInPlaceOfFile, '"result" is a folder here but not in the checkpoint'],
  ])('when %s', async (_what, prepare, because) => {
    await using scene = await openWithCheckpoint();
    const { result } = await expectUntouched(scene, prepare);
    expect(result.log).toContain(`the checkpoint is not restored: ${because}; this attempt starts fresh`);
    expect(result.outputs).toMatchObject({ outcome: 'failed', resumed: 'false' });
  });

  test('when the disk has no room', async () => {
    using temp = newTempFolder();
    const noRoom = "case \"$*\" in '-x -p '*) echo 'tar: Cannot write: No space left on device' >&2; exit 2;; esac";
    chmodSync(temp.write('tar', `#!/bin/sh\n${noRoom}\nexec /usr/bin/tar "$@"\n`), 0o755);
    const env = { PATH: `${temp.path}:${process.env['PATH'] ?? ''}` };
    await using scene = await openWithCheckpoint({ env });
    const { result } = await expectUntouched(scene);
    expect(result.log).toMatch(/the checkpoint is not restored: .*No space left on device; this attempt starts fresh/);
  });

  test('or fails, where it has to resume; nothing is lost to a later attempt', async () => {
    await using scene = await openWithCheckpoint();
    const because = await expectRefusal(scene, linkOut);
    expect(because).toContain('"out" is a link here and a folder in the checkpoint');
    expect(because).toContain('"resume: require"');
    const job = scene.nextJob();
    const result = await job.runStep({ resume: 'require' }, { env: { VERDICT: '0' } }).ended;
    expect(result.outputs).toMatchObject({ outcome: 'succeeded', 'steps-resumed': '1' });
    expect([job.has('gone'), job.read('out/deep/file')]).toEqual([false, '1\n']);
  });
});

describe('a checkpoint that is not whole is not used', () => {
  const keyIn = async ({ github }: Trail): Promise<string> => (await github.entries()).at(-1)?.key ?? '';

  const DAMAGES: readonly (readonly [what: string, damage: Damage])[] = [
    ['flipped', 'flip'],
    ['cut off', 'truncate'],
    ['lost', 'lose'],
    [
      'exchanged inside',
      (content: Buffer) =>
        forge(content, ({ manifest, folder }) => writeFileSync(join(folder, manifest.chain[0]?.tree?.name ?? ''), 'x')),
    ],
    [
      'of another run',
      (content: Buffer) =>
        forge(
          content,
          withManifest((all) => ({ ...all, run_id: '1' })),
        ),
    ],
    [
      'without its manifest',
      (content: Buffer) => forge(content, ({ folder }) => rmSync(join(folder, 'manifest.json'))),
    ],
  ];
  /** One fault that the content reveals and one that the manifest reveals. A long run tests the others. */
  const damages = sampleOf(DAMAGES, ([what]) => what === 'flipped' || what === 'of another run');

  test.each(damages)('when its content is %s', SAMPLED, async (_what, damage) => {
    await using scene = await openWithCheckpoint();
    await scene.github.corrupt(await keyIn(scene), damage);
    const because = await expectRefusal(scene);
    const { result } = await expectUntouched(scene);
    expect(result.outputs).toMatchObject({ outcome: 'failed', resumed: 'false' });
    const told = /^(.*); this attempt starts fresh$/m.exec(result.log)?.[1] ?? 'nothing';
    expect(because).toContain(told);
  });

  test('when one of its parts is gone, even if the record of the run is there', LONG, async () => {
    const steps = [held('one'), leaf('two'), leaf('three', 'puppet three')];
    await using scene = await openTrail(steps, { head: UPLOADS_AT_ONCE });
    const { job, step } = await startAndPass(scene, ['one']);
    const three = await scene.puppet('three').nextInvocation();
    await untilSaved(scene.github, 1);
    three.exit(1);
    await step.ended;
    await job.finish();
    const [first] = await checkpointEntries(scene.github);
    await scene.github.evict(first?.key ?? '');
    expect(await expectRefusal(scene)).toMatch(/1 of its \d parts are gone from the cache/);
    const { step: fresh } = await scene.goOn(['one', 'three']);
    expect(fresh.log).toMatch(/1 of its \d parts are gone from the cache/);
    expect(scene.trail().filter((line) => line.endsWith('@3'))).toEqual(['one@3', 'two@3', 'three@3']);
  });
});
