import { expect, test } from 'vitest';
import { missingNames } from '../../src/checkpoint/missing-names.js';
import type { ListedKind, Listing } from '../../src/checkpoint/tar/tar-listing.js';

/** Folders by name, each with its entries; those that end in a slash are folders. */
const listing = (folders: Readonly<Record<string, readonly string[]>>): Listing => ({
  startedAtMs: 0,
  folders: new Map(
    Object.entries(folders).map(([folder, entries]) => [
      folder,
      { entries: new Map(entries.map((entry): [string, ListedKind] => entryOf(entry))) },
    ]),
  ),
});

const entryOf = (entry: string): [string, ListedKind] =>
  entry.endsWith('/') ? [entry.slice(0, -1), 'folder'] : [entry, 'other'];

test('nothing is missing where everything is there, whatever it is now and whatever else is there', () => {
  const baseline = listing({ '': ['a', 'dir/'], dir: ['b'] });
  const now = listing({ '': ['a/', 'dir/', 'more'], a: [], dir: ['b', 'c'] });
  expect(missingNames(baseline, now)).toEqual({ count: 0, examples: [] });
});

test('missing names are counted with what was in missing folders; the outermost are shown', () => {
  const baseline = listing({
    '': ['z', 'dir/', 'kept/'],
    dir: ['a', 'sub/'],
    'dir/sub': ['x'],
    kept: ['\xc3\xbc', 'b'],
  });
  const now = listing({ '': ['kept/'], kept: ['b'] });
  expect(missingNames(baseline, now)).toEqual({ count: 6, examples: ['dir', 'kept/ü', 'z'] });
});

test('at most three are shown', () => {
  const baseline = listing({ '': ['e', 'd', 'c', 'b', 'a'] });
  expect(missingNames(baseline, listing({ '': [] }))).toEqual({ count: 5, examples: ['a', 'b', 'c'] });
});
