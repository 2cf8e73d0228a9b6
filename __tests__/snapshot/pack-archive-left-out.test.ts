import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { createUnsealer, deriveSealKey } from '../../src/snapshot/sealed/sealed-file.js';
import { extract, goneIn, namesInTree, newArchives, unpacked } from './archives.js';

const SECRET = 'hunter2-and-more';

describe('a secret', () => {
  test('keeps a file out under all its names, and nothing else', async () => {
    using archives = await newArchives();
    await archives.list();
    linkSync(archives.write('z-first', SECRET), archives.inside('a-link'));
    linkSync(archives.inside('z-first'), archives.inside('m-link'));
    linkSync(archives.write('harmless'), archives.inside(`name-${SECRET}`));
    archives.write(`folder-${SECRET}/a`);
    symlinkSync(SECRET, archives.inside('points'));
    linkSync(archives.write('fine'), archives.inside('fine-too'));
    await archives.take();
    const packed = await archives.pack({ secrets: ['another', SECRET] });
    const names = namesInTree(archives, packed);
    expect([...names].sort()).toEqual(['./', './fine', './fine-too']);
    expect([...packed.leftOut].sort()).toEqual(
      [
        'a-link',
        `folder-${SECRET}`,
        `folder-${SECRET}/a`,
        'harmless',
        'm-link',
        `name-${SECRET}`,
        'points',
        'z-first',
      ].sort(),
    );
    expect(unpacked(archives.temp.at(packed.tree?.name ?? '')).includes(SECRET)).toBe(false);
  });

  test('is in no list of deleted files', async () => {
    using archives = await newArchives();
    archives.write(`old-${SECRET}`);
    await archives.list();
    rmSync(archives.inside(`old-${SECRET}`));
    await archives.take();
    const packed = await archives.pack({ secrets: [SECRET] });
    expect(packed.deleted).toBeUndefined();
    expect(packed.leftOut).toEqual([`old-${SECRET}`]);
  });

  test('leaves nothing out when everything is sealed, each file for itself', async () => {
    using archives = await newArchives();
    archives.write('old');
    await archives.list();
    archives.write('new', SECRET);
    rmSync(archives.inside('old'));
    await archives.take();
    const context = { run: '1', leg: 'l', attempt: 1, sequence: 7 };
    const key = await deriveSealKey('a passphrase');
    const packed = await archives.pack({ secrets: [SECRET], seal: { key, context } });
    expect(packed.leftOut).toEqual([]);
    for (const { name } of [packed.tree, packed.deleted].flatMap((file) => file ?? [])) {
      const sealed = Readable.from([readFileSync(archives.temp.at(name))]);
      const opened = await buffer(sealed.pipe(createUnsealer('a passphrase', { ...context, part: name })));
      archives.temp.write(name, opened);
    }
    expect(namesInTree(archives, packed)).toContain('./new');
    expect(goneIn(archives, packed)).toEqual(['other old']);
  });
});

describe('left out is', () => {
  test('a hard link to a file that does not belong', async () => {
    using archives = await newArchives();
    await archives.list();
    linkSync(archives.write('.git/config'), archives.inside('z-link'));
    archives.write('a/.git/config', 'nested');
    linkSync(archives.inside('a/.git/config'), archives.inside('z-nested'));
    await archives.take();
    const packed = await archives.pack();
    const names = namesInTree(archives, packed);
    expect(names.filter((name) => name.endsWith('config'))).toEqual([]);
    for (const link of ['z-link', 'z-nested']) {
      expect(packed.leftOut.includes(link) || names.includes(`./${link}`), link).toBe(true);
    }
    extract(archives, packed);
  });

  test.skipIf(process.getuid?.() !== 0)('a device', async () => {
    using archives = await newArchives();
    await archives.list();
    execFileSync('mknod', [archives.inside('null'), 'c', '1', '3']);
    archives.write('a');
    await archives.take();
    const packed = await archives.pack();
    expect(packed.leftOut).toEqual(['null']);
    expect(namesInTree(archives, packed)).toContain('./a');
  });
});

test('a file that tar could not read to its end is not kept, a folder is', async () => {
  using archives = await newArchives();
  await archives.list();
  archives.write('half');
  archives.write('closed/a');
  await archives.take();
  const packed = await archives.pack({}, { unreadable: ['half', 'closed'] });
  const names = namesInTree(archives, packed);
  expect(names).toContain('./closed/');
  expect(names).not.toContain('./half');
});
