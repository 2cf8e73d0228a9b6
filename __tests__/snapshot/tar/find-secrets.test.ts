import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createSecretSearch, membersWithSecrets, type SecretSearch } from '../../../src/snapshot/tar/find-secrets.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../../machine/temp-folder.js';

const SECRET = 'hunter2-and-more';

const searchFor = (...secrets: readonly string[]): SecretSearch => {
  const search = createSecretSearch(secrets);
  if (search === undefined) throw new Error('there should be something to find');
  return search;
};

/** Archives a folder of the test. */
const archive = (temp: TempFolder, ...options: readonly string[]): string => {
  const file = temp.at('a.tar');
  execFileSync('tar', [
    '--create',
    '--format=posix',
    ...options,
    '--file',
    file,
    '--sort=name',
    '-C',
    temp.at('w'),
    '.',
  ]);
  return file;
};

const found = async (temp: TempFolder, ...options: readonly string[]): Promise<readonly string[]> =>
  [...valueOf(await membersWithSecrets(archive(temp, ...options), searchFor(SECRET), () => true))].sort();

describe('a search', () => {
  test('is none without secrets, or with blank ones', () => {
    expect(createSecretSearch([])).toBeUndefined();
    expect(createSecretSearch(['', ' \n'])).toBeUndefined();
  });

  test('finds a secret wherever its content was cut', () => {
    const whole = Buffer.from(`before ${SECRET} after`);
    for (let cut = 0; cut <= whole.length; cut++) {
      const holds = searchFor('other-secret', SECRET).content();
      const first = holds(whole.subarray(0, cut));
      expect(holds(whole.subarray(cut)), `cut at ${cut}`).toBe(true);
      expect(first).toBe(cut >= 'before '.length + SECRET.length);
    }
    const byByte = searchFor(SECRET).content();
    expect([...whole].map((byte) => byByte(Buffer.from([byte]))).at(-1)).toBe(true);
  });

  test('finds no secret that only seems to begin', () => {
    const holds = searchFor(SECRET).content();
    expect(
      [SECRET.slice(0, -1), SECRET.slice(0, -1), 'x', SECRET.slice(1)].map((text) => holds(Buffer.from(text))),
    ).toEqual([false, false, false, false]);
  });

  test('finds a secret in a name by its bytes', () => {
    const search = searchFor('pässword');
    expect(search.isInName(Buffer.from('a/pässword.txt').toString('latin1'))).toBe(true);
    expect(search.isInName('a/pässword.txt')).toBe(false);
  });
});

describe('a member holds a secret', () => {
  test('in its content, also as base64 and deep inside, and not beyond its end', async () => {
    using temp = newTempFolder();
    temp.write('w/plain', `token=${SECRET}`);
    temp.write('w/encoded', `x${Buffer.from(`user:${SECRET}`).toString('base64')}`);
    temp.write('w/deep', Buffer.concat([Buffer.alloc(3_000_000), Buffer.from(SECRET), Buffer.alloc(3_000_000)]));
    temp.write('w/next-1', SECRET.slice(0, 8));
    temp.write('w/next-2', SECRET.slice(8));
    expect(await found(temp)).toEqual(['deep', 'encoded', 'plain']);
  });

  test('in its name, its folder or its target', async () => {
    using temp = newTempFolder();
    temp.write(`w/${SECRET}/inner`);
    temp.write(`w/a-${SECRET}.txt`);
    symlinkSync(`/elsewhere/${SECRET}`, temp.at('w/link'));
    symlinkSync('/elsewhere', temp.at('w/other'));
    expect(await found(temp)).toEqual([`a-${SECRET}.txt`, SECRET, `${SECRET}/inner`, 'link'].sort());
  });

  test('under a name of its own, and so under the name its archive has it by', async () => {
    using temp = newTempFolder();
    linkSync(temp.write('w/a'), temp.at(`w/b-${SECRET}`));
    linkSync(temp.at('w/a'), temp.at('w/c'));
    expect(await found(temp)).toEqual(['a', `b-${SECRET}`]);
  });

  test('between the holes of a sparse file', async () => {
    using temp = newTempFolder();
    const file = temp.write('w/sparse', '');
    truncateSync(file, 10_000_000);
    writeFileSync(file, Buffer.from(SECRET), { flag: 'r+' });
    truncateSync(temp.write('w/empty', 'x'), 10_000_000);
    expect(await found(temp, '--sparse')).toEqual(['sparse']);
  });
});

test('members that are not looked at do not count', async () => {
  using temp = newTempFolder();
  temp.write('w/a', SECRET);
  temp.write('w/b', SECRET);
  const search = searchFor(SECRET);
  const names = valueOf(await membersWithSecrets(archive(temp), search, ({ name }) => name === 'b'));
  expect([...names]).toEqual(['b']);
});

test('an archive that is missing or truncated is an error', async () => {
  using temp = newTempFolder();
  const search = searchFor(SECRET);
  expect(errorOf(await membersWithSecrets(temp.at('missing'), search, () => true))).toContain('ENOENT');
  mkdirSync(temp.at('w'));
  temp.write('w/a', Buffer.alloc(10_000));
  const file = archive(temp);
  truncateSync(file, 3000);
  expect(errorOf(await membersWithSecrets(file, search, () => true))).toContain('is not a whole archive');
});
