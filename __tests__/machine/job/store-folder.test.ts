import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isInside } from '../../../src/machine/files/inside.js';
import { partsIn, prepareStoreFolder, storeFolder } from '../../../src/machine/job/store-folder.js';
import { errorOf, newTempFolder, valueOf } from '../temp-folder.js';

test('what is missing is made for this user alone, and only leavings of the toolkit are removed', () => {
  using temp = newTempFolder();
  const folder = storeFolder(temp.at('store'));
  valueOf(prepareStoreFolder(folder));
  expect(statSync(folder.path).mode & 0o777).toBe(0o700);
  expect(valueOf(partsIn(folder))).toEqual([]);
  mkdirSync(join(folder.checkpoint, '001-000001-a'));
  writeFileSync(join(folder.temp, 'cache.tzst'), '');
  valueOf(prepareStoreFolder(folder));
  expect(valueOf(partsIn(folder))).toEqual(['001-000001-a']);
  expect(existsSync(join(folder.temp, 'cache.tzst'))).toBe(false);
});

test('the programs lie where nothing that is unpacked in the folder can take their place', () => {
  using temp = newTempFolder();
  const { path, programs } = storeFolder(temp.at('store'));
  expect(isInside(path, programs)).toBe(false);
});

test('a store folder without parts has none, and one that cannot be made is an error', () => {
  using temp = newTempFolder();
  expect(valueOf(partsIn(storeFolder(temp.at('absent'))))).toEqual([]);
  const folder = storeFolder(join(temp.write('file'), 'store'));
  expect(errorOf(prepareStoreFolder(folder))).toContain('cannot use the folder');
});
