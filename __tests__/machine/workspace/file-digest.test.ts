import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { newSha256, sha256 } from '../../../src/base/hash.js';
import { digestOfFiles, hashOfFiles } from '../../../src/machine/workspace/file-digest.js';
import { newTempFolder, type TempFolder } from '../temp-folder.js';

const MIB = 1024 * 1024;

/** The digest over lines such as `f <content> name`. */
const digestOfLines = (...lines: readonly (readonly [type: string, content: string, name: string])[]): string =>
  sha256(lines.map(([type, content, name]) => `${type} ${sha256(content)} ${name}\0`).join(''));

/** The digest that GitHub's `hashFiles` gives for files with these contents. */
const githubHash = (...contents: readonly string[]): string => {
  const whole = newSha256();
  for (const content of contents) whole.update(Buffer.from(sha256(content), 'hex'));
  return whole.digest().toString('hex');
};

/** A large sparse file, which takes no disk space; it begins with its name. */
const writeSparse = (temp: TempFolder, name: string, sizeBytes: number): string => {
  truncateSync(temp.write(name, name), sizeBytes);
  return name;
};

describe('a digest of files', () => {
  test('covers type, content and name of each, in the given order', async () => {
    using temp = newTempFolder();
    temp.write('plain', 'a');
    chmodSync(temp.write('deep/program', 'b'), 0o755);
    symlinkSync('../plain', temp.at('deep/link'));
    expect(await digestOfFiles(temp.path, ['plain', 'deep/program', 'deep/link'])).toBe(
      digestOfLines(['f', 'a', 'plain'], ['x', 'b', 'deep/program'], ['l', '../plain', 'deep/link']),
    );
    expect(await digestOfFiles(temp.path, ['deep/program', 'plain'])).toBe(
      digestOfLines(['x', 'b', 'deep/program'], ['f', 'a', 'plain']),
    );
  });

  test('counts a file that only some may execute as executable', async () => {
    using temp = newTempFolder();
    for (const mode of [0o744, 0o654, 0o645]) {
      chmodSync(temp.write('f', 'a'), mode);
      expect(await digestOfFiles(temp.path, ['f'])).toBe(digestOfLines(['x', 'a', 'f']));
    }
  });

  test('takes a link as it is, wherever it leads', async () => {
    using temp = newTempFolder();
    mkdirSync(temp.at('folder'));
    for (const [name, target] of [
      ['to-nothing', 'nothing'],
      ['to-a-folder', 'folder'],
      ['to-itself', 'to-itself'],
    ] as const) {
      symlinkSync(target, temp.at(name));
      expect(await digestOfFiles(temp.path, [name])).toBe(digestOfLines(['l', target, name]));
    }
  });

  test('does not count files that are gone', async () => {
    using temp = newTempFolder();
    temp.write('there', 'a');
    expect(await digestOfFiles(temp.path, ['gone', 'there', 'no/folder'])).toBe(digestOfLines(['f', 'a', 'there']));
    expect(await digestOfFiles(temp.path, [])).toBe(digestOfLines());
  });

  test('throws what the system says of a file that cannot be read', async () => {
    using temp = newTempFolder();
    mkdirSync(temp.at('folder'));
    await expect(digestOfFiles(temp.path, ['folder'])).rejects.toThrow('EISDIR');
    await expect(digestOfFiles(temp.path, ['a'.repeat(300)])).rejects.toThrow('ENAMETOOLONG');
  });

  test('of several at once is that of each alone', async () => {
    using temp = newTempFolder();
    const names = ['a', 'b', 'c'].map((name) => writeSparse(temp, name, 9 * MIB));
    const alone: string[] = [];
    for (const name of names) alone.push(await digestOfFiles(temp.path, [name]));
    expect(await Promise.all(names.map((name) => digestOfFiles(temp.path, [name])))).toEqual(alone);
    expect(new Set(alone).size).toBe(3);
  });
});

describe('while files are digested, other work continues', () => {
  const turnsTakenBy = async (work: () => Promise<unknown>): Promise<number> => {
    let turns = 0;
    let next = setImmediate(function count() {
      turns++;
      next = setImmediate(count);
    });
    await work();
    clearImmediate(next);
    return turns;
  };

  test('several times in one large file', async () => {
    using temp = newTempFolder();
    const name = writeSparse(temp, 'large', 20 * MIB);
    expect(await turnsTakenBy(() => digestOfFiles(temp.path, [name]))).toBeGreaterThan(2);
  });

  test('between many small files', async () => {
    using temp = newTempFolder();
    const names = Array.from({ length: 600 }, (_, index) => String(index));
    for (const name of names) writeFileSync(temp.at(name), '');
    expect(await turnsTakenBy(() => digestOfFiles(temp.path, names))).toBeGreaterThan(0);
  });
});

describe('a hash of files', () => {
  test('is taken over the hash of each content, in the given order, whatever the names', () => {
    using temp = newTempFolder();
    temp.write('a', 'content of a');
    temp.write('deep/b', 'content of b');
    expect(hashOfFiles(temp.path, ['a', 'deep/b'])).toBe(githubHash('content of a', 'content of b'));
    expect(hashOfFiles(temp.path, ['deep/b', 'a'])).toBe(githubHash('content of b', 'content of a'));
  });

  test('reads a file that is larger than any buffer', () => {
    using temp = newTempFolder();
    const content = 'grüße '.repeat(100_000);
    temp.write('large', content);
    expect(hashOfFiles(temp.path, ['large'])).toBe(githubHash(content));
  });

  test('is empty when there is no file among the names', () => {
    using temp = newTempFolder();
    mkdirSync(temp.at('folder'));
    expect(hashOfFiles(temp.path, [])).toBe('');
    expect(hashOfFiles(temp.path, ['gone', 'folder'])).toBe('');
    temp.write('empty', '');
    expect(hashOfFiles(temp.path, ['empty'])).toBe(githubHash(''));
  });

  test('reads through a link to a file of the folder and leaves out every other link', () => {
    using temp = newTempFolder();
    temp.write('ws/file', 'content');
    temp.write('outside', 'secret');
    mkdirSync(temp.at('ws/folder'));
    symlinkSync('file', temp.at('ws/in'));
    symlinkSync('../outside', temp.at('ws/out'));
    symlinkSync('folder', temp.at('ws/to-folder'));
    symlinkSync('nothing', temp.at('ws/to-nothing'));
    expect(hashOfFiles(temp.at('ws'), ['in', 'out', 'to-folder', 'to-nothing'])).toBe(githubHash('content'));
  });

  test('of a folder that lies behind a link itself is the same', () => {
    using temp = newTempFolder();
    temp.write('ws/file', 'content');
    symlinkSync('ws', temp.at('link'));
    expect(hashOfFiles(temp.at('link'), ['file'])).toBe(githubHash('content'));
  });
});
