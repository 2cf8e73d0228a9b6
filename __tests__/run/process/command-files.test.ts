import { describe, expect, test } from 'vitest';
import { allowedExports, parseKeyValues, parsePaths } from '../../../src/run/process/command-files.js';

const parse = (text: string): unknown => {
  const parsed = parseKeyValues(text, 'GITHUB_OUTPUT');
  return parsed.ok ? { ...parsed.value } : parsed.error;
};

describe('values of a command file', () => {
  test.each([
    ['an empty file', '', {}],
    ['a value', 'a=1\n', { a: '1' }],
    ['a last line without its end', 'a=1\nb=2', { a: '1', b: '2' }],
    ['an empty value', 'a=\n', { a: '' }],
    ['a value with "=" and "<<"', 'a=b=c<<d\n', { a: 'b=c<<d' }],
    ['blanks, which belong to name and value', ' a = 1 \n', { ' a ': ' 1 ' }],
    ['empty lines between values', '\na=1\n\n\nb=2\n', { a: '1', b: '2' }],
    ['a name given twice: the last value', 'a=1\na=2\n', { a: '2' }],
    ['a block', 'a<<EOF\none\n\ntwo\nEOF\nb=2\n', { a: 'one\n\ntwo', b: '2' }],
    ['an empty block', 'a<<EOF\nEOF\n', { a: '' }],
    ['a block of one empty line', 'a<<EOF\n\nEOF\n', { a: '' }],
    ['a block that ends with the file', 'a<<EOF\none\nEOF', { a: 'one' }],
    ['a delimiter with "="', 'a<<E=F\none\nE=F\n', { a: 'one' }],
    ['lines like the delimiter that are not it', 'a<<EOF\nEOF \nxEOF\nEOF\n', { a: 'EOF \nxEOF' }],
    ['Windows line ends, whose CR belongs to the value', 'a=1\r\nb<<EOF\r\none\r\nEOF\r\n', { a: '1\r', b: 'one\r' }],
    ['a byte order mark', '\ufeffa=1\n', { a: '1' }],
  ])('are read from %s', (_what, text, values) => {
    expect(parse(text)).toEqual(values);
  });

  test.each([
    [
      'a line without "="',
      'a=1\n\noops\n',
      'GITHUB_OUTPUT line 3: expected name=value, or name<<DELIMITER for a value of several lines; found no "="',
    ],
    ['no name', '=1\n', 'GITHUB_OUTPUT line 1: expected a name before "="'],
    ['no name of a block', '<<EOF\nEOF\n', 'GITHUB_OUTPUT line 1: expected a name before "<<"'],
    ['no delimiter', 'a<<\n', 'GITHUB_OUTPUT line 1: expected a delimiter after "a<<"'],
    [
      'a block without its end',
      'x=1\na<<EOF\none\n',
      'GITHUB_OUTPUT line 2: expected a line "EOF" that ends the value of "a", found none',
    ],
    ['a NUL character', 'a<<EOF\n\0\nEOF\n', 'GITHUB_OUTPUT line 1: the value of "a" holds a NUL character'],
  ])('are refused for %s, with the line', (_what, text, error) => {
    expect(parse(text)).toBe(error);
  });

  test('the line that was not understood is not told, as it may be part of a secret', () => {
    expect(parse('key=-----BEGIN KEY-----\nc2VjcmV0\n')).not.toContain('c2VjcmV0');
  });

  test('names that every object has are names like others', () => {
    const parsed = parseKeyValues('__proto__=1\nconstructor=2\n', 'GITHUB_ENV');
    expect(JSON.stringify(parsed)).toContain('{"__proto__":"1","constructor":"2"}');
    expect(parsed.ok && Object.getPrototypeOf(parsed.value)).toBe(Object.prototype);
  });
});

describe('folders of a path file', () => {
  test('are its lines, whatever their ends, without blank ones', () => {
    expect(parsePaths('\ufeff/a\n\n/b c\r\n  \n/d')).toEqual(['/a', '/b c', '/d']);
  });

  test('that come twice count where they come last', () => {
    expect(parsePaths('/a\n/b\n/a\n')).toEqual(['/b', '/a']);
  });

  test('cannot hold NUL', () => {
    expect(parsePaths('/a\0\n/b\n')).toEqual(['/b']);
  });
});

describe('variables for later steps', () => {
  test.each(['GITHUB_TOKEN', 'RUNNER_TEMP', 'SAVEPOINT_STEP', 'ACTIONS_RUNTIME_TOKEN', 'NODE_OPTIONS', 'node_Options'])(
    '%s is not set, and said',
    (name) => {
      const { env, warnings } = allowedExports({ [name]: 'x', OTHER: 'y' });
      expect(env).toEqual({ OTHER: 'y' });
      expect(warnings).toEqual([`${name} cannot be set through GITHUB_ENV and keeps its value`]);
    },
  );

  test.each(['GITHUB', 'MY_GITHUB_TOKEN', 'ACTIONS', 'NODE_OPTIONS_2', 'PATH', '__proto__'])('%s is set', (name) => {
    const { env, warnings } = allowedExports(Object.fromEntries([[name, 'x']]));
    expect(Object.entries(env)).toEqual([[name, 'x']]);
    expect(warnings).toEqual([]);
  });
});
