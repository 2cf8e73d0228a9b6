import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { replaceFile, writeFully, createFile } from '../../../src/machine/files/write-file.js';
import { startSource } from '../source-child.js';
import { errorOf, newTempFolder, valueOf } from '../temp-folder.js';

/** A limit on the size of files: the system writes only the first bytes. */
const NO_ROOM = 'ulimit -f 4;';

describe('a replaced file', () => {
  test('holds the new text and nothing of the old, and nothing else is left', () => {
    using temp = newTempFolder();
    temp.write('f', 'a long old text');
    valueOf(replaceFile(temp.at('f'), 'grüße'));
    expect(temp.read('f')).toBe('grüße');
    expect(readdirSync(temp.path)).toEqual(['f']);
  });

  test('may be new, and empty', () => {
    using temp = newTempFolder();
    valueOf(replaceFile(temp.at('f'), ''));
    expect(temp.read('f')).toBe('');
  });

  test('still shows the old text to whom has it open', () => {
    using temp = newTempFolder();
    const fd = openSync(temp.write('f', 'old'), 'r');
    valueOf(replaceFile(temp.at('f'), 'new text'));
    expect(readFileSync(fd, 'utf8')).toBe('old');
    closeSync(fd);
  });

  test('has nothing of a longer draft that was left behind', () => {
    using temp = newTempFolder();
    temp.write('f.tmp', 'the draft of a killed process');
    valueOf(replaceFile(temp.at('f'), 'new'));
    expect(temp.read('f')).toBe('new');
  });

  test('takes the place of a link, not of what it leads to', () => {
    using temp = newTempFolder();
    symlinkSync(temp.write('elsewhere', 'precious'), temp.at('f'));
    valueOf(replaceFile(temp.at('f'), 'new'));
    expect([temp.read('f'), temp.read('elsewhere')]).toEqual(['new', 'precious']);
  });
});

describe('a file that cannot be replaced', () => {
  test('is an error that names it', () => {
    using temp = newTempFolder();
    const file = temp.at('missing/f');
    expect(errorOf(replaceFile(file, 'new'))).toContain(`cannot write ${file}: ENOENT`);
    mkdirSync(temp.at('folder'));
    expect(errorOf(replaceFile(temp.at('folder'), 'new'))).toContain(`cannot write ${temp.at('folder')}: EISDIR`);
  });

  test('stays as it is when its draft is a link, and so does what that leads to', () => {
    using temp = newTempFolder();
    temp.write('f', 'old');
    symlinkSync(temp.write('elsewhere', 'precious'), temp.at('f.tmp'));
    expect(errorOf(replaceFile(temp.at('f'), 'new'))).toContain('ELOOP');
    expect([temp.read('f'), temp.read('elsewhere')]).toEqual(['old', 'precious']);
  });

  test('stays as it is when there is no room for the whole text', async () => {
    using temp = newTempFolder();
    const file = temp.write('f', 'old');
    const child = startSource(
      `
      import { replaceFile } from 'src/machine/files/write-file.js';
      console.log(JSON.stringify(replaceFile(${JSON.stringify(file)}, 'x'.repeat(100000))));`,
      NO_ROOM,
    );
    expect(JSON.parse(await child.output)).toMatchObject({
      ok: false,
      error: expect.stringContaining('EFBIG') as unknown,
    });
    expect(temp.read('f')).toBe('old');
  });
});

describe('bytes', () => {
  test('are all written, where the last ones ended', () => {
    using temp = newTempFolder();
    const fd = openSync(temp.at('f'), 'w');
    const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index % 251));
    writeFully(fd, bytes.subarray(0, 1000));
    writeFully(fd, new Uint8Array());
    writeFully(fd, bytes.subarray(1000));
    closeSync(fd);
    expect(readFileSync(temp.at('f')).equals(bytes)).toBe(true);
  });

  test('that the system takes only in part are an error, not a short file', async () => {
    using temp = newTempFolder();
    const child = startSource(
      `
      import { openSync } from 'node:fs';
      import { writeFully } from 'src/machine/files/write-file.js';
      const fd = openSync(${JSON.stringify(temp.at('f'))}, 'w');
      try {
        writeFully(fd, Buffer.alloc(100000));
        console.log('written');
      } catch (error) {
        console.log(error.code);
      }`,
      NO_ROOM,
    );
    expect(await child.nextLine()).toBe('EFBIG');
    expect(readFileSync(temp.at('f')).length).toBeGreaterThan(0);
    await child.output;
  });

  test('for a full disk throw what the system says', () => {
    const fd = openSync('/dev/full', 'w');
    expect(() => writeFully(fd, Buffer.from('x'))).toThrow('ENOSPC');
    closeSync(fd);
  });
});

test('a new file is written', () => {
  using folder = newTempFolder();
  valueOf(createFile(folder.at('new'), 'text'));
  expect(folder.read('new')).toBe('text');
});

test('a file that is there stays as it is', () => {
  using folder = newTempFolder();
  folder.write('mine', 'mine');
  expect(errorOf(createFile(folder.at('mine'), 'text'))).toContain('cannot write');
  expect(folder.read('mine')).toBe('mine');
});
