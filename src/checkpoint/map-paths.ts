import type { Exports } from '../state/event.js';
import type { StepRecord } from '../state/run-state.js';
import type { MachinePaths } from './manifest.js';

/** Replaces folders of earlier machines in a text with those of this machine. */
export type PathMapping = (text: string) => string;

/** Allowed before a path in a value: the start, a separator, or an option such as `-I` or `file://`. */
const BEFORE = String.raw`(?<=(?:^|[\s"'\x60=:;,|&<>@([{])(?:-[A-Za-z]|file://)?)`;
/** Allowed after the name of a folder. */
const AFTER = String.raw`(?=$|[\s"'\x60=:;,|&<>)\]}/\\])`;

/**
 * Maps paths of earlier machines, the latest last, to this one: each old workspace, temp and tool cache folder becomes the
 * new one. The longest match wins, and only whole names at the start of a path match. Empty folders and the root never
 * match. Without differences the text stays as it is.
 */
export const createPathMapping = (from: readonly MachinePaths[], to: MachinePaths): PathMapping => {
  const folders = foldersBy(from, to);
  if ([...folders].every(([old, now]) => old === now)) return (text) => text;
  const longestFirst = [...folders.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(`${BEFORE}(?:${longestFirst.map(escapePattern).join('|')})${AFTER}`, 'g');
  return (text) => text.replace(pattern, (old) => folders.get(old) ?? old);
};

/** The exports of a step, with the paths of this machine. */
export const mapExports = (exports: Exports, mapping: PathMapping): Exports => ({
  ...exports,
  env: Object.fromEntries(Object.entries(exports.env).map(([name, value]) => [name, mapping(value)])),
  path: exports.path.map(mapping),
});

/** The record of a step, with the paths of this machine in what it exported and had exported before. */
export const mapRecord = (record: StepRecord, mapping: PathMapping): StepRecord => ({
  ...record,
  ...(record.exports !== undefined && { exports: mapExports(record.exports, mapping) }),
  ...(record.lastFinish !== undefined && { lastFinish: mapRecord(record.lastFinish, mapping) }),
});

/** The new folder for each old one. Where earlier machines disagree, the latest counts. */
const foldersBy = (from: readonly MachinePaths[], to: MachinePaths): ReadonlyMap<string, string> => {
  const folders = new Map<string, string>();
  for (const machine of from) {
    for (const folder of FOLDERS) {
      const old = withoutEnd(machine[folder]);
      const now = withoutEnd(to[folder]);
      if (old !== '' && now !== '') folders.set(old, now);
    }
  }
  return folders;
};

const FOLDERS = ['tool_cache', 'temp', 'workspace'] as const;

const withoutEnd = (path: string): string => path.replace(/[/\\]+$/, '');

const escapePattern = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
