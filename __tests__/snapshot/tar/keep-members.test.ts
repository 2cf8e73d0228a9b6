import { execFileSync } from 'node:child_process';
import { linkSync, truncateSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { keptMembers, type Keeping } from '../../../src/snapshot/tar/keep-members.js';
import { namesIn } from '../archives.js';
import { newTempFolder, type TempFolder } from '../../machine/temp-folder.js';

const ALL: Keeping = { belongs: () => true, secret: new Set(), unreadable: new Set() };

/** An archive of the files `a` to `c`, `same` (a hard link to `a`) and a folder, with lists of names as in our own archives. */
const newArchive = (temp: TempFolder): string => {
  for (const name of ['a', 'b', 'c', 'folder/inner']) temp.write(`w/${name}`);
  linkSync(temp.at('w/a'), temp.at('w/same'));
  const file = temp.at('a.tar');
  const flags = ['--create', '--format=posix', '--sort=name', `--listed-incremental=${temp.at('listing')}`];
  execFileSync('tar', [...flags, '--file', file, '-C', temp.at('w'), '.']);
  return file;
};

type Kept = {
  readonly file: string;
  readonly bytes: Buffer;
  readonly count: number;
  readonly leftOut: readonly string[];
};

const keep = async (temp: TempFolder, keeping: Partial<Keeping>, archive = newArchive(temp)): Promise<Kept> => {
  const kept = keptMembers(archive, { ...ALL, ...keeping });
  const chunks: Buffer[] = [];
  for await (const chunk of kept.bytes()) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return { file: temp.write('kept.tar', bytes), bytes, ...kept.tally() };
};

describe('kept members', () => {
  test('are an archive that ends properly, without the names that tar lists in folders', async () => {
    using temp = newTempFolder();
    const { file, bytes, count, leftOut } = await keep(temp, {});
    expect(namesIn(file)).toEqual(expect.arrayContaining(['./', './folder/', './folder/inner', './a', './same']));
    expect([count, leftOut]).toEqual([7, []]);
    expect(bytes.subarray(-1024).equals(Buffer.alloc(1024))).toBe(true);
    expect(bytes.includes('GNU.dumpdir')).toBe(false);
  });

  test('are those that belong; what does not is not spoken of', async () => {
    using temp = newTempFolder();
    const { file, count, leftOut } = await keep(temp, { belongs: ({ name }) => name === 'b' || name === 'folder' });
    expect(namesIn(file).toSorted()).toEqual(['./b', './folder/']);
    expect([count, leftOut]).toEqual([2, []]);
  });

  test('are not those with a secret, nor hard links to them', async () => {
    using temp = newTempFolder();
    const { file, leftOut } = await keep(temp, { secret: new Set(['a', 'folder/inner']) });
    expect(
      namesIn(file)
        .filter((name) => !name.endsWith('/'))
        .toSorted(),
    ).toEqual(['./b', './c']);
    expect([...leftOut].sort()).toEqual(['a', 'folder/inner', 'same']);
  });

  test('are not files that could not be read to the end; folders are', async () => {
    using temp = newTempFolder();
    const { file, leftOut } = await keep(temp, { unreadable: new Set(['b', 'folder']) });
    expect(namesIn(file)).not.toContain('./b');
    expect(namesIn(file)).toContain('./folder/');
    expect(leftOut).toEqual([]);
  });

  test('are not links to what is not kept, which a restore would refuse', async () => {
    using temp = newTempFolder();
    const { file, leftOut } = await keep(temp, { belongs: ({ name }) => name !== 'a' });
    expect(namesIn(file)).not.toContain('./same');
    expect(leftOut).toEqual(['same']);
  });
});

test('members of a damaged archive end with an error', async () => {
  using temp = newTempFolder();
  const archive = newArchive(temp);
  truncateSync(archive, 2000);
  await expect(keep(temp, {}, archive)).rejects.toThrow('is not a whole archive');
});
