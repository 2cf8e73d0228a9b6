import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { jobFolder, makeJobFolder, removeArchives } from '../../../src/machine/job/job-folder.js';
import { errorOf, newTempFolder, valueOf } from '../temp-folder.js';
import { join } from 'node:path';
import { isInside } from '../../../src/machine/files/inside.js';
import { partsIn, prepareStoreFolder, storeFolder } from '../../../src/machine/job/store-folder.js';

describe('job folder', () => {
  test('each start has its own folder, which only this user may enter', () => {
    using temp = newTempFolder();
    const folder = jobFolder(temp.path, 'n1');
    expect(folder.folder).toBe(temp.at('savepoint-n1'));
    valueOf(makeJobFolder(folder));
    expect(statSync(folder.folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder.folder).sort()).toEqual(['archives', 'listings', 'store']);
  });

  test('a folder that cannot be made is an error', () => {
    using temp = newTempFolder();
    expect(errorOf(makeJobFolder(jobFolder(temp.write('file'), 'n1')))).toContain('cannot make a private folder');
  });

  test('archives and listings go when they are old and not in use', () => {
    using temp = newTempFolder();
    const folder = jobFolder(temp.path, 'n1');
    valueOf(makeJobFolder(folder));
    for (const index of [1, 2, 3, 10]) {
      temp.write(`savepoint-n1/archives/${index}.tar`);
      temp.write(`savepoint-n1/listings/${index}`);
    }
    temp.write('savepoint-n1/listings/origin');
    removeArchives(folder, 3, new Set([temp.at('savepoint-n1/archives/2.tar'), temp.at('savepoint-n1/listings/3')]));
    expect(readdirSync(folder.archivesFolder).sort()).toEqual(['10.tar', '2.tar']);
    expect(readdirSync(folder.listingsFolder).sort()).toEqual(['10', '3', 'origin']);
    removeArchives(jobFolder(temp.path, 'gone'), 3, new Set());
  });
});

describe('store folder', () => {
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
});
