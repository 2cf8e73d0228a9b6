import { existsSync, lstatSync, mkdirSync, readlinkSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Result } from '../../../src/base/result.js';
import { createScopeFilter } from '../../../src/checkpoint/archive-scope.js';
import { createMemberCheck } from '../../../src/checkpoint/check-member.js';
import { stageArchive, type ArchiveStaging } from '../../../src/snapshot/restore/stage-archive.js';
import { createRandom } from '../../rig/random.js';
import { EVERYTHING } from '../archives.js';
import { describeTree } from '../../machine/describe-tree.js';
import { buildTar, type BuiltMember } from '../../machine/tar-builder.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../../machine/temp-folder.js';

const newStaging = (temp: TempFolder): ArchiveStaging => {
  mkdirSync(temp.at('tree'));
  return {
    tree: Buffer.from(temp.at('tree')),
    tar: 'tar',
    names: { files: new Map(), folders: new Map() },
    check: createMemberCheck(),
    isInScope: createScopeFilter(EVERYTHING),
  };
};

const stage = (staging: ArchiveStaging, members: readonly BuiltMember[]): Promise<Result<void>> =>
  stageArchive(Readable.from([buildTar(members)]), staging);

describe('a staged archive', () => {
  test('is in the tree; what its folders look like is only noted', async () => {
    using temp = newTempFolder();
    const staging = newStaging(temp);
    const members: readonly BuiltMember[] = [
      { name: './closed/', type: 'folder', mode: 0o500 },
      { name: './closed/file', content: 'hello', mode: 0o4755 },
      { name: './implied/file', content: '1234' },
      { name: './link', type: 'symlink', linkName: '/etc' },
      { name: './again', type: 'hardlink', linkName: './closed/file' },
      { name: './link-again', type: 'hardlink', linkName: './link' },
    ];
    expect((await stage(staging, members)).ok).toBe(true);
    expect(temp.read('tree/closed/file')).toBe('hello');
    expect(statSync(temp.at('tree/closed')).mode & 0o700).toBe(0o700);
    expect(statSync(temp.at('tree/closed/file')).mode & 0o7777).toBe(0o4755);
    expect(statSync(temp.at('tree/again')).ino).toBe(statSync(temp.at('tree/closed/file')).ino);
    expect(readlinkSync(temp.at('tree/link'))).toBe('/etc');
    expect([...staging.names.folders]).toEqual([['closed', { mode: 0o500, mtimeMs: 1e12 }]]);
    expect([...staging.names.files].map(([name, { sizeBytes, target }]) => [name, sizeBytes, target])).toEqual([
      ['closed/file', 5, undefined],
      ['implied/file', 4, undefined],
      ['link', 0, '/etc'],
      ['again', 0, undefined],
      ['link-again', 0, '/etc'],
    ]);
  });

  test('replaces files of an earlier one, not what has the same content', async () => {
    using temp = newTempFolder();
    const staging = newStaging(temp);
    const hardLink = { name: 'b', type: 'hardlink', linkName: 'a' } as const;
    valueOf(await stage(staging, [{ name: 'a', content: '1' }, hardLink]));
    valueOf(await stage(staging, [{ name: 'a', content: '2' }]));
    expect([temp.read('tree/a'), temp.read('tree/b')]).toEqual(['2', '1']);
  });

  test('comes out the same however it is cut into chunks', async () => {
    const members = Array.from({ length: 30 }, (_, i) => ({ name: `d${i % 3}/f${i}`, content: 'x'.repeat(i * 97) }));
    const trees = [];
    for (const seed of [1, 2]) {
      using temp = newTempFolder();
      const chunks = createRandom(seed).chunks(buildTar(members), 3000);
      valueOf(await stageArchive(Readable.from(chunks), newStaging(temp)));
      trees.push(describeTree(temp.at('tree'), { folderTimes: false }));
    }
    expect(trees[0]).toEqual(trees[1]);
    expect(trees[0]).toHaveLength(33);
  });
});

describe('an archive is refused', () => {
  const file = { name: 'x/evil', content: 'evil' };
  test.each<[string, readonly BuiltMember[], RegExp]>([
    ['with an absolute name', [{ name: '/tmp/evil' }], /absolute/],
    ['with a name that leads out', [{ name: 'a/../../evil' }], /"\.\."/],
    ['with what goes through a link', [{ name: 'x', type: 'symlink', linkName: '/etc' }, file], /is not a folder/],
    [
      'with a folder in place of a link',
      [{ name: 'x', type: 'symlink', linkName: '/etc' }, { name: 'x', type: 'folder' }, file],
      /"x" is refused/,
    ],
    ['with a link in place of a file', [{ name: 'x' }, { name: 'x', type: 'symlink', linkName: '/etc' }], /twice/],
    ['with a hard link out', [{ name: 'x', type: 'hardlink', linkName: '/etc/passwd' }], /absolute/],
    ['with a hard link upwards', [{ name: 'x', type: 'hardlink', linkName: '../outside' }], /"\.\."/],
    ['with a hard link to nothing in it', [{ name: 'x', type: 'hardlink', linkName: 'y' }], /nothing before it/],
    ["with git's hooks", [{ name: '.git/hooks/post-checkout', mode: 0o755 }], /git itself/],
    ['with .git itself', [{ name: '.git', type: 'symlink', linkName: 'x' }], /git itself/],
    ["with a nested repository's config", [{ name: 'a/.git/config' }], /git itself/],
    ['with a device', [{ name: 'null', type: 'character' }], /device/],
    ['with an unknown type', [{ name: 'odd', type: 'odd' }], /an unknown type/],
    ['with our own files', [{ name: '.work/logs/displaced/1' }], /does not belong/],
    ['with credentials', [{ name: 'gha-creds-1.json' }], /does not belong/],
  ])('%s', async (_what, members, because) => {
    using temp = newTempFolder();
    temp.write('outside');
    const staged = await stage(newStaging(temp), [{ name: 'good', content: 'good' }, ...members]);
    expect(errorOf(staged)).toMatch(because);
    expect(existsSync(temp.at('evil'))).toBe(false);
    expect(temp.read('outside')).toBe('content of outside');
    expect(existsSync('/etc/evil')).toBe(false);
  });

  test('that is truncated or has something after its end', async () => {
    using temp = newTempFolder();
    const staging = newStaging(temp);
    const whole = buildTar([{ name: 'a', content: 'x'.repeat(2000) }]);
    const problem = async (bytes: Buffer): Promise<string> =>
      errorOf(await stageArchive(Readable.from([bytes]), staging));
    expect(await problem(whole.subarray(0, 1500))).toContain('truncated');
    expect(await problem(whole.subarray(0, -1024))).toContain('truncated');
    expect(await problem(Buffer.concat([whole, whole]))).toContain('something follows');
  });

  test('that tar itself cannot unpack', async () => {
    using temp = newTempFolder();
    const staging = newStaging(temp);
    mkdirSync(temp.at('tree/a/in-the-way'), { recursive: true });
    expect(errorOf(await stage(staging, [{ name: 'a' }]))).toContain('tar cannot unpack it: a: Cannot open');
    const noTar = await stage({ ...staging, tar: temp.at('no-tar') }, [{ name: 'b' }]);
    expect(errorOf(noTar)).toContain('cannot start');
    expect(lstatSync(temp.at('tree')).isDirectory()).toBe(true);
  });

  test('whose stream breaks', async () => {
    using temp = newTempFolder();
    const chunks = [buildTar([{ name: 'a' }]).subarray(0, 512)];
    const source = new Readable({
      read() {
        const chunk = chunks.pop();
        if (chunk !== undefined) this.push(chunk);
        else this.destroy(Object.assign(new Error('wrong key or damaged'), { code: 'ESEAL' }));
      },
    });
    const staged = await stageArchive(source, newStaging(temp));
    expect(errorOf(staged)).toBe('cannot unpack it: wrong key or damaged');
  });
});
