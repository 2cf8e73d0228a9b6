import { truncateSync, writeFileSync, mkdirSync, symlinkSync, existsSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import * as zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { packPlainFile } from '../../../src/snapshot/pack-archive.js';
import { type SealContext, deriveSealKey } from '../../../src/snapshot/sealed/sealed-file.js';
import { openStored, unpackPlainFile } from '../../../src/snapshot/sealed/unpack-file.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../../machine/temp-folder.js';
import { storeContent, storedBytes } from '../stored-rig.js';

const CONTENT = Buffer.from('some content\n'.repeat(5000));
const SEALED_FOR: SealContext = { run: '7', leg: 'abc', attempt: 1, sequence: 3, part: '000001.tree' };

test('what was stored comes back', async () => {
  using folder = newTempFolder();
  const { file, stored } = await storeContent(CONTENT, { folder: folder.path, name: 'a.tree' });
  expect(await buffer(valueOf(await openStored(file, stored)))).toEqual(CONTENT);
});

test('an empty content comes back', async () => {
  using folder = newTempFolder();
  const { file, stored } = await storeContent(Buffer.alloc(0), { folder: folder.path, name: 'a.tree' });
  expect(await buffer(valueOf(await openStored(file, stored)))).toEqual(Buffer.alloc(0));
});

test('a sealed file opens with its passphrase, for what it was sealed for', async () => {
  using folder = newTempFolder();
  const seal = { passphrase: 'open', context: SEALED_FOR };
  const { file, stored } = await storeContent(CONTENT, { folder: folder.path, name: 'a.tree', seal });
  expect(await buffer(valueOf(await openStored(file, stored, seal)))).toEqual(CONTENT);
  const wrongKey = valueOf(await openStored(file, stored, { ...seal, passphrase: 'shut' }));
  await expect(buffer(wrongKey)).rejects.toThrow('wrong key or damaged');
  const otherPart = { ...seal, context: { ...SEALED_FOR, part: '000002.tree' } };
  await expect(buffer(valueOf(await openStored(file, stored, otherPart)))).rejects.toThrow('wrong key or damaged');
});

test.each<[string, (file: string) => void, RegExp]>([
  ['of another size', (file) => truncateSync(file, 100), /has 100 bytes instead of \d+/],
  ['another one of the same size', (file) => writeFileSync(file, 'x', { flag: 'r+' }), /its digest is not/],
])('a stored file that is %s gives nothing', async (_what, damage, message) => {
  using folder = newTempFolder();
  const { file, stored } = await storeContent(CONTENT, { folder: folder.path, name: 'a.tree' });
  damage(file);
  expect(errorOf(await openStored(file, stored))).toMatch(message);
});

test('a stored file that is not there, a folder or a link is an error', async () => {
  using folder = newTempFolder();
  const { file, stored } = await storeContent(CONTENT, { folder: folder.path, name: 'a.tree' });
  expect(errorOf(await openStored(folder.at('gone'), stored))).toContain('"gone": ENOENT');
  mkdirSync(folder.at('folder'));
  expect(errorOf(await openStored(folder.at('folder'), stored))).toContain('it is not a regular file');
  symlinkSync(file, folder.at('link'));
  expect(errorOf(await openStored(folder.at('link'), stored))).toContain('ELOOP');
});

test('content that does not decompress ends the stream with an error of the system', async () => {
  using folder = newTempFolder();
  const whole = zlib.gzipSync(CONTENT);
  for (const bytes of [Buffer.from('no gzip'), whole.subarray(0, whole.length - 20)]) {
    const file = folder.at('a.tree');
    writeFileSync(file, bytes);
    const opened = valueOf(await openStored(file, storedBytes('a.tree', bytes)));
    await expect(buffer(opened)).rejects.toHaveProperty('code', expect.stringMatching(/^Z_/));
  }
});

test('zstd is read where this Node can, and refused with a way out where not', async () => {
  using folder = newTempFolder();
  const bytes = 'zstdCompressSync' in zlib ? zlib.zstdCompressSync(CONTENT) : Buffer.from('anything');
  folder.write('a.tree', bytes);
  const opened = await openStored(folder.at('a.tree'), { ...storedBytes('a.tree', bytes), compression: 'zstd' });
  if ('zstdCompressSync' in zlib) expect(await buffer(valueOf(opened))).toEqual(CONTENT);
  else expect(errorOf(opened)).toContain('use Node 22.15 or newer');
});

const context: SealContext = { run: '1', leg: 'a', attempt: 1, sequence: 1, part: 'journal' };

const pack = async (folder: TempFolder, passphrase?: string) => {
  const source = folder.write('source', 'a line\n');
  const seal = passphrase === undefined ? {} : { seal: { key: await deriveSealKey(passphrase), context } };
  const packed = await packPlainFile(source, { target: folder.at('journal'), compression: 'gzip', ...seal });
  return { file: folder.at('journal'), stored: { key: 'k', ...valueOf(packed) }, ...(passphrase && { seal: context }) };
};

test('a packed file comes back as it was, sealed or not', async () => {
  using folder = newTempFolder();
  const target = folder.at('target');
  valueOf(await unpackPlainFile({ file: await pack(folder), target }));
  expect(folder.read('target')).toBe('a line\n');
  valueOf(await unpackPlainFile({ file: await pack(folder, 'word'), target, passphrase: 'word' }));
  expect(folder.read('target')).toBe('a line\n');
});

test('with a key only a sealed file is taken, and a sealed one only with its key', async () => {
  using folder = newTempFolder();
  const target = folder.at('target');
  const open = await pack(folder);
  expect(errorOf(await unpackPlainFile({ file: open, target, passphrase: 'word' }))).toContain('is not encrypted');
  const sealed = await pack(folder, 'word');
  expect(errorOf(await unpackPlainFile({ file: sealed, target }))).toContain('there is no key');
  expect(errorOf(await unpackPlainFile({ file: sealed, target, passphrase: 'other' }))).toContain(
    'wrong key or damaged',
  );
  expect(existsSync(target)).toBe(false);
});

test('a damaged file is not written out', async () => {
  using folder = newTempFolder();
  const file = await pack(folder);
  folder.write('journal', 'x'.repeat(file.stored.size_bytes));
  expect(errorOf(await unpackPlainFile({ file, target: folder.at('target') }))).toContain('damaged');
  expect(existsSync(folder.at('target'))).toBe(false);
});
