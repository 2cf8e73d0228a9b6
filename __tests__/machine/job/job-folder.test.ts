import { readdirSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { jobFolder, makeJobFolder, removeArchives } from '../../../src/machine/job/job-folder.js';
import { errorOf, newTempFolder, valueOf } from '../temp-folder.js';

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
