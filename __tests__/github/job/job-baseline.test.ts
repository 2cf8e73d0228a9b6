import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readBaseline, scopeOf } from '../../../src/github/job/job-baseline.js';
import { readListing } from '../../../src/snapshot/tar/backdated-listing.js';
import { valueOf } from '../../machine/temp-folder.js';
import { lockedOf, newJobRig } from '../job-rig.js';

const PIPELINE = `
checkpoint: { include: [out, "src/**"], exclude: ["*.log"] }
steps: [{ run: "true" }]
`;

test('the ground is the commit and what lies in the workspace', async () => {
  await using rig = await newJobRig();
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=n', '-c', 'user.email=e', ...args], { cwd: rig.workspace, encoding: 'utf8' });
  git('init', '--quiet');
  git('commit', '--quiet', '--allow-empty', '--message', 'm');
  rig.write('out/a');
  rig.write('elsewhere');
  const baseline = await readBaseline(await lockedOf(rig.start(), PIPELINE));
  expect(baseline.commit).toBe(git('rev-parse', 'HEAD').trim());
  const listing = valueOf(await readListing(baseline.origin ?? ''));
  expect([...listing.folders.keys()]).toEqual(['out']);
});

test('the scope is what the pipeline says', async () => {
  await using rig = await newJobRig();
  const { pipeline, workDir } = await lockedOf(rig.start(), PIPELINE);
  expect(scopeOf(pipeline, workDir, rig.workspace)).toEqual({
    include: ['out', 'src/**'],
    exclude: ['*.log'],
    workDir: '.work',
  });
});

test('without stores nothing is listed, and a folder that is not a checkout has no commit', async () => {
  await using rig = await newJobRig();
  const locked = await lockedOf(rig.start(), PIPELINE);
  expect(await readBaseline({ ...locked, stores: undefined })).toMatchObject({ commit: '', tar: undefined });
});

test('without GNU tar checkpoints are reported to be whole ones', async () => {
  await using rig = await newJobRig();
  symlinkSync('/bin/false', rig.temp.at('tar'));
  const locked = await lockedOf(rig.start({ env: { PATH: rig.temp.path } }), PIPELINE);
  expect(await readBaseline(locked)).toMatchObject({ tar: undefined, origin: undefined });
  expect(locked.display.warnings()).toEqual([expect.stringContaining('there is no GNU tar here')]);
});

test('a workspace that cannot be listed has no checkpoints', async () => {
  await using rig = await newJobRig();
  const locked = await lockedOf(rig.start(), PIPELINE);
  const folder = { ...locked.folder, listingsFolder: rig.temp.at('missing') };
  const baseline = await readBaseline({ ...locked, folder });
  expect(baseline.tar).toBeDefined();
  expect(baseline.origin).toBeUndefined();
  expect(locked.display.warnings()).toEqual([expect.stringMatching(/^no checkpoints: the workspace cannot be listed/)]);
});
