import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addTarWrapper } from '../../../src/snapshot/tar/tar-wrapper.js';
import { newTempFolder, valueOf, type TempFolder } from '../../machine/temp-folder.js';

/** Unpacks as the cache's client does, with our tar wrapper first on the PATH; returns the exit code. */
const unpack = (temp: TempFolder, archive: string): number | null => {
  mkdirSync(temp.at('target'), { recursive: true });
  const PATH = valueOf(addTarWrapper(temp.at("own 'programs'"), process.env['PATH'] ?? ''));
  const args = ['-xf', temp.at(archive), '-P', '-C', temp.at('target')];
  return spawnSync('tar', args, { env: { PATH } }).status;
};

/** Packs with names as given, including absolute ones. */
const pack = (temp: TempFolder, names: readonly string[], from = 'source'): void => {
  execFileSync('tar', ['-P', '-cf', temp.at('a.tar'), '-C', temp.at(from), ...names]);
};

test('an archive is unpacked as ever', () => {
  using temp = newTempFolder();
  temp.write('source/two words/a', 'content');
  pack(temp, ['two words']);
  expect(unpack(temp, 'a.tar')).toBe(0);
  expect(temp.read('target/two words/a')).toBe('content');
});

test('an absolute name stays within the target', () => {
  using temp = newTempFolder();
  const outside = temp.write('source/outside', 'forged');
  pack(temp, [outside]);
  writeFileSync(outside, 'as it was');
  unpack(temp, 'a.tar');
  expect(temp.read('source/outside')).toBe('as it was');
  expect(existsSync(join(temp.at('target'), outside))).toBe(true);
});

test('a name that leads out is refused', () => {
  using temp = newTempFolder();
  temp.write('source/in/x');
  temp.write('source/outside', 'forged');
  pack(temp, ['../outside'], 'source/in');
  expect(unpack(temp, 'a.tar')).not.toBe(0);
  expect(existsSync(temp.at('outside'))).toBe(false);
});

test('nothing is written through a link of the archive that leads out', () => {
  using temp = newTempFolder();
  mkdirSync(temp.at('victim'));
  mkdirSync(temp.at('source'));
  symlinkSync(temp.at('victim'), temp.at('source/link'));
  pack(temp, ['link']);
  temp.write('other/link/owned', 'forged');
  execFileSync('tar', ['-rf', temp.at('a.tar'), '-C', temp.at('other'), 'link/owned']);
  unpack(temp, 'a.tar');
  expect(existsSync(temp.at('victim/owned'))).toBe(false);
});

test('where there is no tar, none is made up', () => {
  using temp = newTempFolder();
  valueOf(addTarWrapper(temp.at('programs'), temp.at('nothing')));
  expect(existsSync(temp.at('programs/tar'))).toBe(false);
});
