import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Deletion } from '../../../src/checkpoint/deletions.js';
import { applicableDeletions, removeIfEmpty } from '../../../src/snapshot/restore/applicable-deletions.js';
import { newTempFolder } from '../../machine/temp-folder.js';
import { createRandom } from '../../rig/random.js';
import { describeTree } from '../../machine/describe-tree.js';
import { editAtRandom } from '../random-edits.js';
import { newTwoMachines, restoreNext } from '../restore-rig.js';
import { SAMPLED, seeds } from '../../rig/scale.js';

describe('applicable deletions', () => {
  const deletions = (...texts: string[]): Deletion[] =>
    texts.map((text) => ({ kind: text.startsWith('d ') ? 'folder' : 'other', name: text.slice(2) }));

  test('only what is there as what it was comes, each folder after what was in it', () => {
    using temp = newTempFolder();
    for (const name of ['a/b/c', 'a/d', 'a-b', 'was-folder', 'outside/x']) temp.write(name);
    mkdirSync(temp.at('was-file'));
    symlinkSync('outside', temp.at('link'));
    symlinkSync('outside', temp.at('was-dir'));
    const listed = deletions('d a', 'f a-b', 'f a/d', 'd a/b', 'f a/b/c', 'd was-folder', 'f was-file', 'f link/x');
    const more = deletions('f none', 'f none/x', 'f a-b/x', 'f link', 'd was-dir');
    const present = [...applicableDeletions(Buffer.from(temp.path), [...listed, ...more])];
    expect(present.map(({ name }) => name)).toEqual(['link', 'a/d', 'a/b/c', 'a/b', 'a-b', 'a']);
  });

  test('a folder is removed when nothing is in it', () => {
    using temp = newTempFolder();
    temp.write('full/file');
    mkdirSync(temp.at('empty'));
    expect(removeIfEmpty(Buffer.from(temp.at('full')))).toBe(false);
    expect(removeIfEmpty(Buffer.from(temp.at('empty')))).toBe(true);
    expect([existsSync(temp.at('full')), existsSync(temp.at('empty'))]).toEqual([true, false]);
    expect(() => removeIfEmpty(Buffer.from(temp.at('full/file')))).toThrow('ENOTDIR');
  });
});

describe('restore random', () => {
  const STEPS = 4;
  const OWN = { without: ['.work'] };

  test.each(seeds(6, 40))(
    'whatever steps did, the next machine has it after a restore (seed %i)',
    SAMPLED,
    async (seed) => {
      const random = createRandom(seed * 7919);
      using machines = await newTwoMachines(({ workspace }) => editAtRandom(workspace, random, 30));
      const { workspace } = machines.archives;
      for (let step = 0; step < STEPS; step += 1) {
        editAtRandom(workspace, random, 1 + random.below(15));
        await machines.endStep();
      }
      expect(await restoreNext(machines)).toMatchObject({ kind: 'restored' });
      expect(describeTree(machines.nextWorkspace, OWN)).toEqual(describeTree(workspace, OWN));
    },
  );
});
