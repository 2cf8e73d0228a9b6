import { chmodSync, existsSync, mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createFolderCheck, pathIn, statIn } from '../../../src/machine/files/byte-path.js';
import { errorOf, newTempFolder, valueOf } from '../temp-folder.js';
import { appendEventLine, readEventLines } from '../../../src/machine/files/event-lines.js';
import { PATH_DELIMITER, createProgramLookup, findProgramPath } from '../../../src/machine/files/find-program.js';
import { readFileUpTo } from '../../../src/machine/files/read-file.js';
import { removeTree } from '../../../src/machine/files/remove-tree.js';
import { canRunUnprivileged, runUnprivileged } from '../unprivileged.js';

describe('byte path', () => {
  test('names become paths byte by byte', () => {
    const folder = Buffer.from('/wörk');
    expect(pathIn(folder, '')).toEqual(folder);
    expect(pathIn(folder, 'a/\xff')).toEqual(Buffer.concat([folder, Buffer.from('/a/'), Buffer.from([0xff])]));
  });

  test('what is there is seen without following links', () => {
    using temp = newTempFolder();
    symlinkSync('nowhere', temp.at('link'));
    const folder = Buffer.from(temp.path);
    expect(statIn(folder, 'link')?.isSymbolicLink()).toBe(true);
    expect(statIn(folder, 'none')).toBeUndefined();
  });

  test('a folder is a real one when nothing above it is a link', () => {
    using temp = newTempFolder();
    mkdirSync(temp.at('a/b'), { recursive: true });
    temp.write('file');
    symlinkSync('a', temp.at('link'));
    const isRealFolder = createFolderCheck(Buffer.from(temp.path));
    const answers = ['', 'a', 'a/b', 'a/none', 'file', 'file/x', 'link', 'link/b'].filter(isRealFolder);
    expect(answers).toEqual(['', 'a', 'a/b']);
    rmSync(temp.at('a'), { recursive: true });
    expect(isRealFolder('a/b')).toBe(true);
  });
});

describe('event lines', () => {
  test('events come back in the order they were added, and only this user can read them', () => {
    using temp = newTempFolder();
    const file = temp.at('events.jsonl');
    expect(valueOf(readEventLines(file))).toEqual([]);
    for (const event of [{ a: 'one\ntwo' }, { b: 2 }]) valueOf(appendEventLine(file, event));
    expect(valueOf(readEventLines(file))).toEqual([{ a: 'one\ntwo' }, { b: 2 }]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['a torn last line', '{"a":1}\n{"b":', [{ a: 1 }]],
    ['a last line without its end', '{"a":1}\n{"b":2}', [{ a: 1 }]],
    ['everything after a damaged line', '{"a":1}\n{"b"\0\n{"c":3}\n', [{ a: 1 }]],
  ])('%s is left out', (_what, text, events) => {
    using temp = newTempFolder();
    expect(valueOf(readEventLines(temp.write('events.jsonl', text)))).toEqual(events);
  });

  test('a file that cannot be used is an error', () => {
    using temp = newTempFolder();
    expect(errorOf(appendEventLine(temp.at('missing/events'), {}))).toContain('cannot write');
    expect(errorOf(readEventLines(temp.path))).toContain('cannot read');
  });
});

describe('find program', () => {
  test('a program is found in any folder of the path', () => {
    using folder = newTempFolder();
    chmodSync(folder.write('second/tool'), 0o755);
    const has = createProgramLookup([folder.at('first'), folder.at('second')].join(PATH_DELIMITER));
    expect(has('tool')).toBe(true);
    expect(has('other')).toBe(false);
  });

  test('a file that cannot be executed is not a program, nor is a folder', () => {
    using folder = newTempFolder();
    folder.write('plain');
    mkdirSync(folder.at('folder'));
    const has = createProgramLookup(folder.path);
    expect([has('plain'), has('folder')]).toEqual([false, false]);
  });

  test('an empty path has no programs', () => {
    expect(createProgramLookup('')('sh')).toBe(false);
  });

  test('the path of a program is that of the first in a folder with an absolute name', () => {
    using folder = newTempFolder();
    for (const name of ['first/tool', 'second/tool']) chmodSync(folder.write(name), 0o755);
    const path = ['.', 'first', folder.at('first'), folder.at('second')].join(PATH_DELIMITER);
    expect(findProgramPath('tool', path)).toBe(folder.at('first/tool'));
    expect(findProgramPath('other', path)).toBeUndefined();
  });
});

describe('read file', () => {
  test('a file is read byte by byte as it is', () => {
    using folder = newTempFolder();
    const bytes = Buffer.alloc(200_000, 'é\xff');
    expect(valueOf(readFileUpTo(folder.write('f', bytes), 1_000_000))).toEqual(bytes);
  });

  test('a missing file is not an error', () => {
    using folder = newTempFolder();
    folder.write('f');
    expect(valueOf(readFileUpTo(folder.at('none'), 10))).toBeUndefined();
    expect(valueOf(readFileUpTo(folder.at('f/none'), 10))).toBeUndefined();
  });

  test('a directory, a file beyond the limit and a name the system refuses are errors', () => {
    using folder = newTempFolder();
    expect(errorOf(readFileUpTo(folder.path, 10)).kind).toBe('directory');
    expect(errorOf(readFileUpTo(folder.write('f', '0123456789x'), 10)).kind).toBe('too-large');
    expect(errorOf(readFileUpTo('a'.repeat(300), 10)).kind).toBe('unreadable');
  });

  test.skipIf(process.getuid?.() === 0)('a file that may not be read is an error', () => {
    using folder = newTempFolder();
    chmodSync(folder.write('f'), 0o000);
    expect(errorOf(readFileUpTo(folder.at('f'), 10)).kind).toBe('unreadable');
  });
});

describe('remove tree', () => {
  test('everything in a folder goes, but nothing that a link in it leads to', () => {
    using folder = newTempFolder();
    const outside = folder.write('outside/kept.txt');
    folder.write('tree/a/b.txt');
    symlinkSync(folder.at('outside'), folder.at('tree/a/link'));
    removeTree(folder.at('tree'));
    expect(existsSync(folder.at('tree'))).toBe(false);
    expect(existsSync(outside)).toBe(true);
  });

  test('a folder that is not there is not an error', () => {
    using folder = newTempFolder();
    expect(() => removeTree(folder.at('none'))).not.toThrow();
  });

  test.skipIf(!canRunUnprivileged())('read-only folders go too', () => {
    using folder = newTempFolder();
    chmodSync(folder.path, 0o777);
    runUnprivileged(`
    import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
    import { removeTree } from 'src/machine/files/remove-tree.js';
    const tree = ${JSON.stringify(folder.at('own'))};
    mkdirSync(tree + '/a/b', { recursive: true });
    writeFileSync(tree + '/a/b/file', '');
    chmodSync(tree + '/a/b', 0o555);
    chmodSync(tree + '/a', 0o555);
    removeTree(tree);
    if (existsSync(tree)) throw new Error('it is still there');
  `);
    expect(existsSync(folder.at('own'))).toBe(false);
  });
});
