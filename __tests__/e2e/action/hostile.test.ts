import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Manifest, StoredArchive } from '../../../src/checkpoint/manifest.js';
import type { StepResult } from '../../rig/runner/running-step.js';
import type { JobRig } from '../../rig/runner/workflow-run.js';
import { readTree } from '../../rig/runner/workspace-tree.js';
import { leaf, openTrail, type Trail } from './endings.js';
import {
  archiveOf,
  compressedLike,
  forge,
  type ForgedMember,
  type OpenPart,
  withChain,
  withManifest,
} from './forge-checkpoint.js';
import { checkpointEntries } from '../../rig/github/checkpoint-entries.js';
import { SAMPLED, sampleOf } from '../../rig/scale.js';

let scene: Trail;
let genuine: { readonly key: string; readonly content: Buffer };

beforeAll(async () => {
  scene = await openTrail([leaf('one'), leaf('two', 'exit "$VERDICT"')]);
  const job = scene.nextJob();
  await job.runStep({}, { env: { VERDICT: '1' } }).ended;
  await job.machineLost();
  const [entry] = await checkpointEntries(scene.github);
  if (entry === undefined) throw new Error('there is no checkpoint to be forged');
  genuine = entry;
});

afterAll(() => scene[Symbol.asyncDispose]());

/** Everything on the machine outside the workspace and the temp folder, and the git settings of the workspace. */
const surroundingsOf = ({ workspace }: JobRig): unknown => {
  const machine = Object.entries(readTree(join(workspace, '../../..'))).filter(
    ([path]) => !path.startsWith('work/example/example') && !path.startsWith('work/_temp'),
  );
  const git = Object.entries(readTree(join(workspace, '.git'))).flatMap(([path, { kind, mode, digest }]) =>
    path === 'index' ? [] : [[path, kind, mode, digest]],
  );
  return { machine, git };
};

type Outcome = { readonly result: StepResult; readonly job: JobRig; readonly ran: readonly string[] };

/** The next attempt finds a forged checkpoint; only the workspace may change. */
const meet = async (forgery: Buffer | ((part: OpenPart) => void)): Promise<Outcome> => {
  const { key, content } = genuine;
  await scene.github.corrupt(key, () =>
    typeof forgery === 'function' ? forge(content, forgery) : compressedLike(content, forgery),
  );
  const job = scene.nextJob();
  writeFileSync(join(job.workspace, '../outside'), 'outside');
  const before = surroundingsOf(job);
  const known = scene.trail().length;
  const result = await job.runStep({}, { env: { VERDICT: '0' } }).ended;
  await job.machineLost();
  expect(surroundingsOf(job)).toEqual(before);
  return { result, job, ran: scene.trail().slice(known) };
};

const members = (...all: readonly ForgedMember[]): ((part: OpenPart) => void) =>
  withChain([{ tree: archiveOf(...all) }]);

const firstTree = (change: Partial<NonNullable<StoredArchive['tree']>>) =>
  withManifest((manifest: Manifest) => ({
    ...manifest,
    chain: manifest.chain.map(({ tree, ...others }) => ({ ...others, ...(tree && { tree: { ...tree, ...change } }) })),
  }));

const deletions = (text: string): ((part: OpenPart) => void) => withChain([{ deleted: Buffer.from(text) }]);

const link = (linkName: string): ForgedMember => ({ name: 'link', type: '2', linkName });
const through: ForgedMember = { name: 'link/owned', body: 'owned' };
const OTHER_LEG = 'savepoint-v1-linux-x64-1-0123456789abcdef-001-000001-01234567';

test('a checkpoint that somebody repacked, but well, is restored', async () => {
  const { result, job, ran } = await meet(members({ name: 'new/file', body: 'forged' }, link('/etc')));
  expect(result.outputs, result.log).toMatchObject({ outcome: 'succeeded', 'steps-resumed': '1' });
  expect(ran).toEqual([expect.stringMatching(/^two@/)]);
  expect(job.read('new/file')).toBe('forged');
});

const HOSTILE: readonly (readonly [what: string, change: (part: OpenPart) => void, because: RegExp])[] = [
  ['an absolute name', members({ name: '/tmp/savepoint-owned', body: 'owned' }), /its name is absolute/],
  ['a name that leads out', members({ name: '../owned', body: 'owned' }), /leads out with "\.\."/],
  ['a name that leads out later', members({ name: 'a/../../owned', body: 'owned' }), /leads out with "\.\."/],
  ['a file through a link', members(link('..'), through), /"link" above it is not a folder/],
  [
    'a file through a link of an earlier archive',
    withChain([{ tree: archiveOf(link('..')) }, { tree: archiveOf(through) }]),
    /"link" above it is not a folder/,
  ],
  [
    'a file through a link in place of a folder',
    withChain([{ tree: archiveOf({ name: 'link', type: '5' }) }, { tree: archiveOf(link('..'), through) }]),
    /a folder and something else have the same name/,
  ],
  ['a hard link to the outside', members({ name: 'hard', type: '1', linkName: '../outside' }), /leads out/],
  [
    'a hard link to what is not in it',
    members({ name: 'hard', type: '1', linkName: 'one.txt' }),
    /hard link to nothing/,
  ],
  ['a hook of git', members({ name: '.git/hooks/post-checkout', body: '#!/bin/sh\n' }), /it belongs to git itself/],
  ['a configuration of git', members({ name: '.git/config', body: '[core]\n' }), /it belongs to git itself/],
  ['an inner configuration of git', members({ name: 'sub/.git/config', body: '[core]\n' }), /it belongs to git itself/],
  ['a device', members({ name: 'zero', type: '3' }), /it is a device/],
  ['a member of 8 GiB of which nothing is there', members({ name: 'big', sizeBytes: 2 ** 33 - 1 }), /is truncated/],
  ['our own files', members({ name: '.work/journal.jsonl', body: '{}' }), /does not belong to checkpoints/],
  ['a deletion outside', deletions('f ../outside\0'), /must not be deleted: its name leads out/],
  ['an absolute deletion', deletions('f /etc/hostname\0'), /must not be deleted: its name is absolute/],
  ['a deletion in git', deletions('f .git/HEAD\0'), /must not be deleted: it belongs to git itself/],
  ['a file of another leg', firstTree({ key: OTHER_LEG }), /it lists a file of another job or run/],
  ['a file name with slashes', firstTree({ name: '../../../../outside' }), /is not a plain file name/],
  ['a size that is not so', firstTree({ size_bytes: 2 ** 50 }), /has \d+ bytes instead of/],
  ['a digest that is not so', firstTree({ digest: '0'.repeat(64) }), /its digest is not the recorded one/],
  ['another run', withManifest((manifest) => ({ ...manifest, run_id: '1' })), /another job or run/],
  ['a version of tomorrow', withManifest((manifest) => ({ ...manifest, version: 2 as 1 })), /has version 2/],
];

/** One attack for each kind of guard. A long run tests the others; each also has a unit test. */
const SAMPLE = ['an absolute name', 'a file through a link', 'a hook of git', 'a deletion outside', 'another run'];
const changes = sampleOf(HOSTILE, ([what]) => SAMPLE.includes(what));

test.each(changes)(
  'a checkpoint with %s is not used, and the job starts fresh and says why',
  SAMPLED,
  async (_what, change, because) => {
    const { result, ran } = await meet(change);
    expect(result.log).toMatch(because);
    expect(result.log).toContain('this attempt starts fresh');
    expect(result.outputs).toMatchObject({ outcome: 'succeeded', resumed: 'false' });
    expect(ran).toHaveLength(2);
  },
);

test('a stored file that is a link is not followed', async () => {
  const { result } = await meet(({ folder, manifest }) => {
    const file = join(folder, manifest.chain[0]?.tree?.name ?? '');
    rmSync(file);
    symlinkSync('/etc/hostname', file);
  });
  expect(result.log).toContain('this attempt starts fresh');
  expect(result.outputs).toMatchObject({ outcome: 'succeeded', resumed: 'false' });
});

test('an entry of the cache that is none of ours writes nothing outside the workspace either', async () => {
  // Below the folder of the worker process, which unpacks entries.
  const outside = archiveOf({ name: '../../../example/owned', body: 'owned' });
  const { result } = await meet(outside);
  expect(result.log).toContain('this attempt starts fresh');
});
