import type { Exports } from '../state/event.js';
import type { StepRecord } from '../state/run-state.js';
import type { MachinePaths } from './manifest.js';

/** Puts folders of this machine where a text names those of an earlier one. */
export type PathMapping = (text: string) => string;

/** What may stand before a path in a value: nothing, a divider, or an option such as `-I` or `file://`. */
const BEFORE = String.raw`(?<=(?:^|[\s"'\x60=:;,|&<>@([{])(?:-[A-Za-z]|file://)?)`;
/** What may follow the name of a folder where it ends. */
const AFTER = String.raw`(?=$|[\s"'\x60=:;,|&<>)\]}/\\])`;

/**
 * A mapping of paths from machines of the past, the latest last, to this one: each old workspace, temp and tool cache
 * folder becomes the new one, the longest that fits, and only where a path begins and a name ends. Places that are empty
 * or the root never match. It changes nothing when nothing differs.
 */
export const createPathMapping = (from: readonly MachinePaths[], to: MachinePaths): PathMapping => {
  const folders = foldersBy(from, to);
  if ([...folders].every(([old, now]) => old === now)) return (text) => text;
  const longestFirst = [...folders.keys()].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(`${BEFORE}(?:${longestFirst.map(escapePattern).join('|')})${AFTER}`, 'g');
  return (text) => text.replace(pattern, (old) => folders.get(old) ?? old);
};

/** What a step exported, with the paths of this machine. */
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

/** The new folder for each old one. Where machines disagree on what a folder was, the latest counts. */
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
