import { gunzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sha256 } from '../../src/base/hash.js';
import { packPlainFile } from '../../src/snapshot/pack-plain-file.js';
import { errorOf, newTempFolder, valueOf } from '../machine/temp-folder.js';

test('a file is packed under the name of its target', async () => {
  using folder = newTempFolder();
  const source = folder.write('journal.jsonl', 'a line\n');
  const packed = valueOf(await packPlainFile(source, { target: folder.at('journal'), compression: 'gzip' }));
  const stored = readFileSync(folder.at('journal'));
  expect(packed).toEqual({ name: 'journal', size_bytes: stored.length, digest: sha256(stored), compression: 'gzip' });
  expect(gunzipSync(stored).toString()).toBe('a line\n');
});

test('a file that is not there is an error', async () => {
  using folder = newTempFolder();
  const packed = await packPlainFile(folder.at('absent'), { target: folder.at('journal'), compression: 'gzip' });
  expect(errorOf(packed)).toContain('ENOENT');
});
