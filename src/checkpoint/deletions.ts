import { err, ok, type Result } from '../base/result.js';
import { forbiddenBecause } from './check-member.js';
import { ancestorsOf, displayName, nameWithin, parentOf, type ByteName } from './tar/byte-name.js';
import type { ListedFolder, ListedKind, Listing } from './tar/tar-listing.js';

/** A name that was gone at a step boundary, and its former kind. */
export type Deletion = { readonly name: ByteName; readonly kind: ListedKind };

/** Which names may count as deleted. */
export type DeletionRules = {
  readonly isInScope: (name: ByteName) => boolean;
  /** Names that could not be read; nothing is known about them and about names beneath. */
  readonly unreadable: readonly ByteName[];
};

/**
 * Names of the earlier listing that the later one lacks or has as another kind, deepest first, with the content of deleted
 * folders. Content of folders that could not be read is not deleted.
 */
export const deletionsBetween = (before: Listing, after: Listing, rules: DeletionRules): readonly Deletion[] => {
  const unreadable = new Set(rules.unreadable);
  const isKnown = (name: ByteName): boolean =>
    unreadable.size === 0 || !(unreadable.has(name) || ancestorsOf(name).some((folder) => unreadable.has(folder)));
  return goneNames(before, after)
    .filter(({ name }) => isKnown(name) && rules.isInScope(name))
    .map((deletion) => ({ deletion, depth: ancestorsOf(deletion.name).length }))
    .sort((a, b) => b.depth - a.depth || (a.deletion.name < b.deletion.name ? -1 : 1))
    .map(({ deletion }) => deletion);
};

/** The stored form: for each deletion `f` or `d` (a folder), a space, the name's bytes and NUL. */
export const encodeDeletions = (deletions: readonly Deletion[]): Buffer =>
  Buffer.from(deletions.map(({ name, kind }) => `${kind === 'folder' ? 'd' : 'f'} ${name}\0`).join(''), 'latin1');

/** Reads the stored form; a name that a checkpoint may never delete is an error. */
export const decodeDeletions = (bytes: Buffer): Result<readonly Deletion[]> => {
  if (bytes.length > 0 && bytes.at(-1) !== 0) return err('the list of deletions is truncated');
  const deletions: Deletion[] = [];
  for (const entry of bytes.toString('latin1').split('\0').slice(0, -1)) {
    const [kind, name] = [entry.startsWith('d ') ? 'folder' : 'other', entry.slice(2)] as const;
    if (!/^[df] /.test(entry)) return err('the list of deletions is malformed');
    const because = forbiddenBecause(name);
    if (because !== undefined) return err(`"${displayName(name)}" must not be deleted: ${because}`);
    deletions.push({ name, kind });
  }
  return ok(deletions);
};

const goneNames = (before: Listing, after: Listing): readonly Deletion[] => {
  const gone: Deletion[] = [];
  const visits = startsOf(before).map((folder) => ({ folder, isGone: isStartGone(folder, after) }));
  for (const { folder, isGone } of visits) if (isGone) gone.push({ name: folder, kind: 'folder' });
  for (let visit = visits.pop(); visit !== undefined; visit = visits.pop()) {
    const now = visit.isGone ? NOTHING_THERE : after.folders.get(visit.folder);
    if (now === undefined) continue;
    for (const [entry, kind] of before.folders.get(visit.folder)?.entries ?? []) {
      const name = nameWithin(visit.folder, entry);
      const isGone = now.entries.get(entry) !== kind;
      if (isGone) gone.push({ name, kind });
      if (kind === 'folder') visits.push({ folder: name, isGone });
    }
  }
  return gone;
};

const NOTHING_THERE: ListedFolder = { entries: new Map() };

/** The folders that are no entry of another listed folder: tar's start points. */
const startsOf = ({ folders }: Listing): readonly ByteName[] =>
  [...folders.keys()].filter((name) => !folders.has(parentOf(name)) || name === '');

/** The workspace itself is never deleted; a listing without it is empty. */
const isStartGone = (folder: ByteName, after: Listing): boolean => folder !== '' && !after.folders.has(folder);

/** Names of an earlier workspace that are missing from this one. */
export type MissingNames = {
  /** Their number, with the content of missing folders. */
  readonly count: number;
  /** At most three for display, none from within a missing folder. */
  readonly examples: readonly string[];
};

/** Names in a checkpoint's baseline that a new attempt lacks before its first step; kinds are ignored. */
export const missingNames = (baseline: Listing, now: Listing): MissingNames => {
  let count = 0;
  const outermost: ByteName[] = [];
  for (const [folder, { entries }] of baseline.folders) {
    const there = now.folders.get(folder);
    for (const name of entries.keys()) {
      if (there?.entries.has(name) === true) continue;
      count += 1;
      if (there !== undefined) outermost.push(folder === '' ? name : `${folder}/${name}`);
    }
  }
  return { count, examples: outermost.sort().slice(0, MAX_EXAMPLES).map(displayName) };
};

const MAX_EXAMPLES = 3;
