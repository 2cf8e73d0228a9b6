import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packPlainFile } from '../../../src/snapshot/pack-plain-file.js';
import { deriveSealKey, type SealContext } from '../../../src/snapshot/sealed/sealed-file.js';
import { unpackPlainFile } from '../../../src/snapshot/restore/unpack-plain-file.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../../machine/temp-folder.js';

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
