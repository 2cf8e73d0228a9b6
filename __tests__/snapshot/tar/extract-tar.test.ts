import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { startExtraction } from '../../../src/snapshot/tar/extract-tar.js';
import { buildTar } from '../../machine/tar-builder.js';
import { errorOf, newTempFolder } from '../../machine/temp-folder.js';

test('what is written ends up in the folder, with its mode', async () => {
  using temp = newTempFolder();
  const extraction = startExtraction('tar', temp.path);
  expect(await extraction.write(buildTar([{ name: 'a', content: 'hello', mode: 0o666 }]))).toBe(true);
  expect((await extraction.end()).ok).toBe(true);
  expect(temp.read('a')).toBe('hello');
  expect(statSync(temp.at('a')).mode & 0o777).toBe(0o666);
});

test('a tar that gave up takes no more, and its end says why', async () => {
  using temp = newTempFolder();
  const extraction = startExtraction('tar', temp.at('no-folder'));
  const archive = buildTar([{ name: 'a', content: 'x'.repeat(1024 * 1024) }]);
  await extraction.write(archive);
  expect(await extraction.write(archive)).toBe(false);
  expect(errorOf(await extraction.end())).toMatch(/^tar cannot unpack it: .*no-folder: Cannot open/);
});

test('a program that does not start is an error', async () => {
  using temp = newTempFolder();
  const extraction = startExtraction(temp.at('no-tar'), temp.path);
  await extraction.write(Buffer.alloc(10));
  expect(errorOf(await extraction.end())).toMatch(/^cannot start .*no-tar: .*ENOENT/);
});

test('a cancelled one is gone', async () => {
  using temp = newTempFolder();
  const extraction = startExtraction('tar', temp.path);
  await extraction.cancel();
  expect(await extraction.write(Buffer.alloc(10))).toBe(false);
  expect((await extraction.end()).ok).toBe(false);
});
