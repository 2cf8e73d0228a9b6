import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createCommandFilePool } from '../../../src/machine/workdir/command-file-pool.js';
import { newTempFolder } from '../temp-folder.js';

const NAMES = ['env', 'output', 'path', 'summary'];

/** Takes a set, changes it, puts it back and takes one again; returns whether its files are those of the first set, by age. */
const isUsedAgainAfter = (change: (folder: string) => void): boolean => {
  using temp = newTempFolder();
  const pool = createCommandFilePool(temp.path);
  const [first, second] = [temp.at('1'), temp.at('2')];
  for (const file of Object.values(pool.take(first))) utimesSync(file, 1, 1);
  change(first);
  pool.putBack(first);
  expect(existsSync(first)).toBe(false);
  pool.take(second);
  expect(readdirSync(second).sort()).toEqual(NAMES);
  const stats = NAMES.map((name) => statSync(join(second, name)));
  expect(stats.map(({ size, mode }) => [size, mode & 0o777])).toEqual(NAMES.map(() => [0, 0o600]));
  return stats.some(({ mtimeMs }) => mtimeMs === 1000);
};

test('files that nothing was written to are used again under a new name', () => {
  expect(isUsedAgainAfter(() => undefined)).toBe(true);
});

test.each<[string, (folder: string) => void]>([
  ['was written to', (folder) => appendFileSync(join(folder, 'env'), 'A=1\n')],
  ['was removed', (folder) => rmSync(join(folder, 'output'))],
  ['can be used by others', (folder) => chmodSync(join(folder, 'path'), 0o666)],
  ['has a second name', (folder) => linkSync(join(folder, 'path'), `${folder}-link`)],
  ['has company', (folder) => appendFileSync(join(folder, 'mine'), '')],
])('a set is thrown away when one of its files %s', (_, change) => {
  expect(isUsedAgainAfter(change)).toBe(false);
});

test('a folder that became a link is not followed', () => {
  using temp = newTempFolder();
  const pool = createCommandFilePool(temp.path);
  pool.take(temp.at('1'));
  pool.take(temp.at('elsewhere'));
  rmSync(temp.at('1'), { recursive: true });
  symlinkSync(temp.at('elsewhere'), temp.at('1'));
  pool.putBack(temp.at('1'));
  expect([existsSync(temp.at('1')), existsSync(temp.at('elsewhere/output'))]).toEqual([false, true]);
});
