import { chmodSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createListingBackdating, parseListing, type Listing } from '../../../src/checkpoint/tar/tar-listing.js';
import { errorOf, valueOf } from '../../machine/temp-folder.js';
import { createRandom } from '../../rig/random.js';
import { memberNames, newTarWorkspace } from '../tar-workspace.js';

const HEAD = 'GNU tar-1.34-2\n1700000000\x00123456789\0';
const listing = (text: string): Buffer => Buffer.from(text, 'latin1');
const plain = ({ folders }: Listing): Readonly<Record<string, unknown>> =>
  Object.fromEntries([...folders].map(([name, { entries }]) => [name, Object.fromEntries(entries)]));

describe('a listing', () => {
  test('by GNU tar has every folder with its entries, by name and type', () => {
    using workspace = newTarWorkspace();
    workspace.write('a/b/file');
    workspace.write('a/caf\xe9\n\xff');
    workspace.folder('empty');
    symlinkSync('empty', workspace.pathOf('link'));
    expect(plain(workspace.list())).toEqual({
      '': { a: 'folder', empty: 'folder', link: 'other' },
      a: { b: 'folder', 'caf\xe9\n\xff': 'other' },
      'a/b': { file: 'other' },
      empty: {},
    });
  });

  test('has what was excluded by name, as something that was not looked into', () => {
    using workspace = newTarWorkspace();
    workspace.write('out/file');
    expect(plain(workspace.list(['--anchored', '--exclude=./out']))).toEqual({ '': { out: 'other' } });
  });

  test('says when it was started, to the fraction', () => {
    const text = 'GNU tar-1.34-2\n1700000000\x00500250000\0';
    expect(valueOf(parseListing(listing(text))).startedAtMs).toBe(1_700_000_000_500.25);
  });

  test.each([
    ['another format', 'GNU tar-1.34-1\n1700000000\x000\0', 'format 2'],
    ['no line', 'GNU tar-1.34-2', 'format 2'],
    ['nothing', '', 'format 2'],
    ['a start cut off', 'GNU tar-1.34-2\n17000', 'start'],
    ['a start that is no time', 'GNU tar-1.34-2\nnow\x000\0', 'start'],
    ['a folder cut off in its fields', `${HEAD}0\x001\x002\0`, `byte ${HEAD.length}`],
    ['a folder cut off in its names', `${HEAD}0\x001\x002\x003\x004\0.\0Ya\0`, `byte ${HEAD.length}`],
    ['a name of unknown type', `${HEAD}0\x001\x002\x003\x004\0.\0Za\0\0\0`, `byte ${HEAD.length}`],
  ])('with %s is an error', (_what, text, because) => {
    expect(errorOf(parseListing(listing(text)))).toContain(because);
  });
});

describe('the start of a listing', () => {
  const backdated = (text: string, backMs: number): string =>
    valueOf(createListingBackdating(backMs).push(listing(text))).toString('latin1');

  test('is set back, to the fraction', () => {
    expect(backdated(HEAD, 20)).toBe('GNU tar-1.34-2\n1700000000\x00103456789\0');
  });

  test('is set back over a full second', () => {
    expect(backdated(HEAD, 200)).toBe('GNU tar-1.34-2\n1699999999\x00923456789\0');
  });

  test('is never before 1970', () => {
    expect(backdated('GNU tar-1.34-2\n0\x005\0', 20)).toBe('GNU tar-1.34-2\n0\x000\0');
  });
});

describe('a backdated listing', () => {
  test('lets tar archive what is in a renamed folder', () => {
    using workspace = newTarWorkspace();
    workspace.write('before/deep/file');
    workspace.write('before/file');
    workspace.list();
    renameSync(workspace.pathOf('before'), workspace.pathOf('after'));
    expect(memberNames(workspace.archive().bytes)).toEqual(expect.arrayContaining(['after/file', 'after/deep/file']));
    renameSync(workspace.pathOf('after'), workspace.pathOf('later'));
    expect(memberNames(workspace.archive().bytes)).toEqual(expect.arrayContaining(['later/file', 'later/deep/file']));
  });

  test('still lets tar leave out what did not change', () => {
    using workspace = newTarWorkspace();
    workspace.write('folder/unchanged');
    chmodSync(workspace.pathOf('folder/unchanged'), 0o600);
    workspace.list();
    let names: readonly string[] = [];
    for (let round = 0; round < 200 && (round === 0 || names.includes('folder/unchanged')); round++) {
      names = memberNames(workspace.archive().bytes);
    }
    expect(names).toEqual(['', 'folder']);
  });

  test('is the same however it was cut into chunks', () => {
    using workspace = newTarWorkspace();
    for (let count = 0; count < 40; count++)
      workspace.write(`folder ${count}/${'deep/'.repeat(count % 7)}file\n${count}`);
    workspace.folder('empty');
    const seen = workspace.list();
    const bytes = readFileSync(workspace.temp.at('listing-0'));
    const random = createRandom(3);
    const backdating = (chunks: readonly Buffer[]): Buffer => {
      const backdated = createListingBackdating(20);
      const parts = chunks.map((chunk) => {
        const reused = Buffer.from(chunk);
        const part = valueOf(backdated.push(reused));
        reused.fill('x');
        return part;
      });
      valueOf(backdated.end());
      return Buffer.concat(parts);
    };
    const whole = backdating([bytes]);
    expect(valueOf(parseListing(whole)).folders).toEqual(seen.folders);
    for (const size of [1, 50, 5000]) expect(backdating(random.chunks(bytes, size))).toEqual(whole);
  });

  test.each(['GNU tar-1.34-2\n17', HEAD.slice(0, -3), `${HEAD}0\x001\x002\x003\x004\0.\0Ya\0`])(
    'that is cut off is an error: %j',
    (text) => {
      const backdating = createListingBackdating(20);
      valueOf(backdating.push(listing(text)));
      expect(errorOf(backdating.end())).toContain('truncated');
    },
  );

  test('of something else is an error', () => {
    expect(errorOf(createListingBackdating(20).push(listing('a\nb\0c\0d\0')))).toContain('format 2');
  });
});
