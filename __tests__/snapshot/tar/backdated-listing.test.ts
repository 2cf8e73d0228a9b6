import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { copyBackdated, readListing, readBackdatedListing } from '../../../src/snapshot/tar/backdated-listing.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../../machine/temp-folder.js';

/** Creates a listing of a folder with many names; returns its path. */
const newListing = (temp: TempFolder): string => {
  for (let n = 0; n < 50; n++) temp.write(`w/folder-${n}/${'long'.repeat(50)}`, '');
  const file = temp.at('listing');
  execFileSync('tar', ['--create', `--listed-incremental=${file}`, '--file=/dev/null', '-C', temp.at('w'), '.']);
  return file;
};

describe('a listing that is used', () => {
  test('begins 20 ms earlier and has the same names', async () => {
    using temp = newTempFolder();
    const file = newListing(temp);
    const listing = valueOf(await readListing(file));
    expect(listing.folders.size).toBe(51);
    const read = valueOf(await readBackdatedListing(file));
    valueOf(await copyBackdated(file, temp.at('copy')));
    const copied = valueOf(await readListing(temp.at('copy')));
    for (const { startedAtMs, folders } of [read, copied]) {
      expect(listing.startedAtMs - startedAtMs).toBeCloseTo(20, 2);
      expect(folders).toEqual(listing.folders);
    }
  });

  test('takes the place of an older copy', async () => {
    using temp = newTempFolder();
    const file = newListing(temp);
    temp.write('copy', 'x'.repeat(1_000_000));
    valueOf(await copyBackdated(file, temp.at('copy')));
    expect(valueOf(await readListing(temp.at('copy'))).folders.size).toBe(51);
  });
});

describe('a text that is not a listing', () => {
  test.each([
    ['missing', undefined, 'ENOENT'],
    ['empty', '', 'listing of GNU tar'],
    ['another file', 'a text\nof two lines', 'listing of GNU tar'],
    ['cut off', 'GNU tar-1.34-2\n1795370361\x00219715738\x000\x001', 'listing of GNU tar'],
  ])('is an error: %s', async (_what, text, message) => {
    using temp = newTempFolder();
    if (text !== undefined) temp.write('listing', text);
    const file = temp.at('listing');
    for (const result of [
      await readListing(file),
      await readBackdatedListing(file),
      await copyBackdated(file, temp.at('copy')),
    ]) {
      expect(errorOf(result)).toContain(message);
    }
  });

  test('is a copy that cannot be written', async () => {
    using temp = newTempFolder();
    const file = newListing(temp);
    const there = readdirSync(temp.path);
    expect(errorOf(await copyBackdated(file, temp.at('missing/copy')))).toContain('ENOENT');
    expect(readdirSync(temp.path)).toEqual(there);
    expect(existsSync(file)).toBe(true);
  });
});
