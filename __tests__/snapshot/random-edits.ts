import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { tryIo } from '../../src/machine/files/io-result.js';
import type { Random } from '../rig/random.js';

/** Changes a folder at random, as steps do: creates, changes, renames, swaps and removes files and folders. */
export const editAtRandom = (folder: string, random: Random, edits: number): void => {
  for (let edit = 0; edit < edits; edit += 1) {
    // An edit that fails because another file is in the way is skipped.
    tryIo('', () => editOnce(folder, random));
  }
};

const editOnce = (folder: string, random: Random): void => {
  const there = namesIn(folder);
  const old = join(folder, there[random.below(Math.max(1, there.length))] ?? 'unchanged');
  const fresh = join(folder, newName(random));
  EDITS[random.below(EDITS.length)]?.({ old, fresh, random });
};

type Edit = (paths: { readonly old: string; readonly fresh: string; readonly random: Random }) => void;

const makeFile: Edit = ({ fresh, random }) => {
  makeParents(fresh);
  writeFileSync(fresh, random.text('abc', random.below(50)));
};

const EDITS: readonly Edit[] = [
  makeFile,
  makeFile,
  makeFile,
  ({ old }) => rmSync(old, { recursive: true }),
  ({ old, random }) => writeFileSync(old, random.text('xyz', 20)),
  ({ old, random }) => chmodSync(old, random.below(2) === 0 ? 0o750 : 0o700),
  ({ old, fresh }) => {
    makeParents(fresh);
    renameSync(old, fresh);
  },
  ({ old, fresh }) => {
    makeParents(fresh);
    linkSync(old, fresh);
  },
  ({ fresh, random }) => {
    makeParents(fresh);
    symlinkSync(random.text('abc', 1 + random.below(2)), fresh);
  },
  ({ old, random }) => {
    const wasFolder = lstatSync(old).isDirectory();
    rmSync(old, { recursive: true });
    if (wasFolder) writeFileSync(old, random.text('abc', 10));
    else makeFile({ old, fresh: join(old, 'in'), random });
  },
];

/** Few names, so that edits collide. */
const newName = (random: Random): string =>
  Array.from({ length: 1 + random.below(3) }, () => random.text('abc', 1)).join('/');

const namesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.startsWith('.work'))
    .sort();

const makeParents = (path: string): void => {
  mkdirSync(dirname(path), { recursive: true });
};
