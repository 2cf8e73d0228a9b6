import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { codeOf, ifThere, ioMessage, tryIo, tryIoAsync } from '../../../src/machine/files/io-result.js';
import { errorOf, newTempFolder, valueOf } from '../temp-folder.js';

const MISSING = '/no/such/file';

const bug = (): never => {
  throw new TypeError('a bug of ours');
};

describe('calls to the system', () => {
  test('that go well give their value', async () => {
    using temp = newTempFolder();
    const file = temp.write('f', 'text');
    expect(valueOf(tryIo('cannot read', () => readFileSync(file, 'utf8')))).toBe('text');
    expect(valueOf(await tryIoAsync('cannot read', () => readFile(file, 'utf8')))).toBe('text');
  });

  test('that fail give an error that begins with what was tried and holds what the system said', async () => {
    const expected = `cannot read it: ENOENT: no such file or directory, open '${MISSING}'`;
    expect(errorOf(tryIo('cannot read it', () => readFileSync(MISSING)))).toBe(expected);
    expect(errorOf(await tryIoAsync('cannot read it', () => readFile(MISSING)))).toBe(expected);
  });

  test('that fail before there is anything to wait for give an error too', async () => {
    const early = () => Promise.resolve(readFileSync(MISSING));
    expect(errorOf(await tryIoAsync('cannot read it', early))).toContain('cannot read it: ENOENT');
  });

  test('do not hide a bug of ours', async () => {
    expect(() => tryIo('cannot read', bug)).toThrow('a bug of ours');
    await expect(tryIoAsync('cannot read', bug)).rejects.toThrow('a bug of ours');
    await expect(tryIoAsync('cannot read', () => Promise.reject(new TypeError('waited for')))).rejects.toThrow(
      'waited for',
    );
  });
});

test('a message is one line, also on a thrown value that is not an error', () => {
  expect(ioMessage('cannot read', new Error('it is gone'))).toBe('cannot read: it is gone');
  expect(ioMessage('cannot read', 'text')).toBe('cannot read: text');
});

test('the name of an error is only that of one of the system', () => {
  const named = Object.assign(new Error('x'), { code: 'EACCES' });
  const numbered = Object.assign(new Error('x'), { code: 13 });
  const found = [named, numbered, new Error('x'), { code: 'EACCES' }, 'EACCES', undefined].map(codeOf);
  expect(found).toEqual(['EACCES', undefined, undefined, undefined, undefined, undefined]);
});

describe('a call that may find nothing', () => {
  test('gives what it finds, or undefined when it is not there', () => {
    using temp = newTempFolder();
    const file = temp.write('f', 'text');
    expect(ifThere(() => readFileSync(file, 'utf8'))).toBe('text');
    expect(ifThere(() => readFileSync(MISSING))).toBeUndefined();
  });

  test('still throws every other trouble', () => {
    using temp = newTempFolder();
    expect(() => ifThere(() => readFileSync(temp.path))).toThrow('EISDIR');
    expect(() => ifThere(() => readFileSync(`${temp.write('f')}/x`))).toThrow('ENOTDIR');
    expect(() => ifThere(bug)).toThrow('a bug of ours');
  });
});
