import { describe, expect, test } from 'vitest';
import {
  ancestorsOf,
  displayName,
  fromPath,
  fromText,
  nameWithin,
  parentOf,
  toPath,
} from '../../../src/checkpoint/tar/byte-name.js';

describe('a name', () => {
  test.each([
    ['.', ''],
    ['./', ''],
    ['./a', 'a'],
    ['./a/b/', 'a/b'],
    ['a//', 'a'],
    ['.a', '.a'],
    ['..', '..'],
  ])('of the path %j is %j', (path, name) => {
    expect(fromPath(Buffer.from(path))).toBe(name);
  });

  test.each([
    ['/a', '/a'],
    ['/', '/'],
    ['.//a', '/a'],
    ['././a', './a'],
    ['./../a', '../a'],
  ])('shows that the path %j is no plain one', (path, name) => {
    expect(fromPath(Buffer.from(path))).toBe(name);
  });

  test('holds every byte, one character each', () => {
    const bytes = Buffer.from([0x61, 0xff, 0x0a, 0xc3, 0xa9]);
    expect(fromPath(bytes)).toHaveLength(5);
    expect(toPath(fromPath(bytes))).toEqual(bytes);
  });

  test('of a text is that of its UTF-8 bytes', () => {
    expect(toPath(fromText('./é')).toString()).toBe('é');
  });

  test('is shown as text, with a mark for what is none', () => {
    expect(displayName(fromText('naïve'))).toBe('naïve');
    expect(displayName('a\xff')).toBe('a\ufffd');
    expect(displayName('')).toBe('.');
  });

  test('has the folders above it, outermost first', () => {
    expect(ancestorsOf('a/b/c')).toEqual(['a', 'a/b']);
    expect(ancestorsOf('a')).toEqual([]);
  });

  test('is made of a folder and an entry', () => {
    expect(nameWithin('', 'a')).toBe('a');
    expect(nameWithin('a', 'b')).toBe('a/b');
  });
});

test.each([
  ['a/b/c', 'a/b'],
  ['a', ''],
  ['', ''],
])('%j is in %j', (name, parent) => {
  expect(parentOf(name)).toBe(parent);
});
