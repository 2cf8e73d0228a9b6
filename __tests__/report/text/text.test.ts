import { describe, expect, test } from 'vitest';
import { renderAnnotation, warningText } from '../../../src/report/text/annotation-text.js';
import { ANSI, PLAIN } from '../../../src/report/text/paint.js';
import type { Annotation } from '../../../src/run/context/ports.js';
import { createLinePrefixer } from '../../../src/report/text/line-prefix.js';
import { plainText } from '../../../src/report/text/plain-text.js';
import { safeLines, safeText } from '../../../src/report/text/safe-text.js';
import { shownOutput } from '../../../src/report/text/shown-output.js';
import { cutMiddle, cutText, textWidth } from '../../../src/report/text/text-width.js';

describe('annotation text', () => {
  const annotation = (
    kind: Annotation['kind'],
    message: string,
    properties: Annotation['properties'] = {},
  ): Annotation => ({
    kind,
    message,
    properties,
  });

  test.each<[Annotation, readonly string[]]>([
    [annotation('error', 'bad', { file: 'a.ts', line: '3', col: '5' }), ['error: a.ts:3:5 bad']],
    [annotation('warning', 'hm', { file: 'a.ts' }), ['warning: a.ts hm']],
    [annotation('notice', 'look', { title: 'Coverage' }), ['notice: Coverage: look']],
    [annotation('error', 'one\ntwo\u001b[2J'), ['error: one', '  two\\x1b[2J']],
    [annotation('debug', 'x=1'), ['debug: x=1']],
    [annotation('group', 'Install'), ['▸ Install']],
    [annotation('endgroup', ''), []],
  ])('a workflow command becomes lines: %#', (given, lines) => {
    expect(renderAnnotation(given, PLAIN)).toEqual(lines);
  });

  test('errors are red', () => {
    expect(renderAnnotation(annotation('error', 'bad'), ANSI)).toEqual(['\u001b[31merror:\u001b[39m bad']);
  });

  test('a warning about a step names it, but not twice', () => {
    expect(warningText('the disk is full', undefined)).toBe('the disk is full');
    expect(warningText('the disk is full', 'a')).toBe('a: the disk is full');
    expect(warningText('the log of "a" is not complete', 'a')).toBe('the log of "a" is not complete');
  });
});

describe('line prefix', () => {
  const bytes = (text: string): Buffer => Buffer.from(text);

  test('every whole line gets the prefix, the rest waits for its end', () => {
    const lines = createLinePrefixer('a | ');
    expect(lines.take(bytes('one\n\ntw')).toString()).toBe('a | one\na | \n');
    expect(lines.take(bytes('o')).toString()).toBe('');
    expect(lines.take(bytes('!\nx')).toString()).toBe('a | two!\n');
    expect(lines.flush().toString()).toBe('a | x\n');
    expect(lines.flush()).toHaveLength(0);
  });

  test('bytes that are not UTF-8 come out unchanged, also split over chunks', () => {
    const lines = createLinePrefixer('é$& | ');
    expect(lines.take(Buffer.from([0xff, 0xc3]))).toHaveLength(0);
    const line = lines.take(Buffer.from([0xa9, 0x00, 0x0a]));
    expect(line).toEqual(Buffer.concat([bytes('é$& | '), Buffer.from([0xff, 0xc3, 0xa9, 0x00, 0x0a])]));
  });

  test('what waits is a copy', () => {
    const lines = createLinePrefixer('');
    const chunk = bytes('abc');
    lines.take(chunk);
    chunk.fill('x');
    expect(lines.flush().toString()).toBe('abc\n');
  });

  test('a line without end is broken rather than kept in memory', () => {
    const lines = createLinePrefixer('');
    let written = 0;
    for (let index = 0; index < 100; index += 1) written += lines.take(Buffer.alloc(16 * 1024, 120)).length;
    expect(written).toBeGreaterThan(1_500_000);
  });
});

describe('paint', () => {
  const COLOURS = ['red', 'green', 'yellow', 'cyan', 'bold', 'dim'] as const;

  test.each(COLOURS)('%s is on for its text only, and off on a plain surface', (colour) => {
    expect(ANSI[colour]('text')).toMatch(/^\u001b\[\d+mtext\u001b\[(39|22)m$/);
    expect(ANSI[colour]('')).toBe('');
    expect(PLAIN[colour]('text')).toBe('text');
  });

  test('all colours differ', () => {
    expect(new Set(COLOURS.map((colour) => ANSI[colour]('x'))).size).toBe(COLOURS.length);
  });
});

describe('plain text', () => {
  test.each([
    ['colours', '\u001b[1;31mred\u001b[0m text', 'red text'],
    ['cursor movements', 'a\u001b[2K\u001b[1Gb', 'ab'],
    ['titles and links', '\u001b]0;title\u0007a\u001b]8;;http://x\u001b\\b', 'ab'],
    ['a sequence that was cut off', 'a\u001b[31', 'a'],
    ['control characters', 'a\u0000\u0007\u009bb', 'ab'],
    ['characters that turn text around', 'a\u202eb', 'ab'],
  ])('%s are gone', (_what, output, plain) => {
    expect(plainText(output)).toBe(plain);
  });

  test('of a line that was written over only the last text is left', () => {
    expect(plainText('10%\r50%\r100%\ndone\r\n\r\n')).toBe('100%\ndone\n\n');
  });

  test('tabs and other characters stay', () => {
    expect(plainText('a\tb ✓ 日本')).toBe('a\tb ✓ 日本');
  });
});

describe('safe text', () => {
  test.each([
    ['plain text, ünïcödé 日本語 👨‍👩‍👧', 'plain text, ünïcödé 日本語 👨‍👩‍👧'],
    ['a\nb\rc\td', 'a\\nb\\rc\\td'],
    ['\u001b[2Jgone', '\\x1b[2Jgone'],
    ['\u009b31m', '\\x9b31m'],
    ['\u007f\u0000', '\\x7f\\x00'],
    ['\u202eabc\u2028', '\\u202eabc\\u2028'],
  ])('nothing in %j can move a cursor', (text, shown) => {
    expect(safeText(text)).toBe(shown);
  });

  test('lines stay lines, and each is safe', () => {
    expect(safeLines('one\r\ntwo\u001b[0m\n')).toEqual(['one', 'two\\x1b[0m']);
  });
});

describe('shown output', () => {
  test('workflow commands are what they say, and text stays as it is', () => {
    const output = [
      'one',
      '::error file=a.ts,line=3::boom',
      '::group::Details',
      '  inside: 100%25',
      '::endgroup::',
      '::debug::nobody reads this',
      '::set-output name=x::y',
      '',
    ].join('\n');
    expect(shownOutput(output, 10)).toBe(
      ['one', 'error: a.ts:3 boom', '▸ Details', '  inside: 100%25', '::set-output name=x::y'].join('\n'),
    );
  });

  test('of many lines the last ones are left', () => {
    expect(shownOutput('1\n2\n3\n\n', 2)).toBe('2\n3');
  });

  test('nothing stays nothing', () => {
    expect(shownOutput('', 2)).toBe('');
  });
});

describe('text width', () => {
  test.each([
    ['', 0],
    ['abc', 3],
    ['ünïcödé', 7],
    ['日本', 4],
    ['👨‍👩‍👧', 2],
    ['e\u0301', 1],
  ])('%j takes as many cells as a terminal gives it', (text, cells) => {
    expect(textWidth(text)).toBe(cells);
  });

  test.each([
    ['short', 10, 'short'],
    ['exactly', 7, 'exactly'],
    ['too long', 5, 'too …'],
    ['日本語', 4, '日…'],
    ['anything', 1, '…'],
    ['anything', 0, ''],
  ])('%j cut to %i cells', (text, cells, expected) => {
    expect(cutText(text, cells)).toBe(expected);
  });

  test.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdefgh', 6, 'ab…fgh'],
    ['abcdefgh', 2, '…h'],
    ['abc', 0, ''],
    ['日本語日本語', 7, '日…本語'],
    ['a👨‍👩‍👧b👨‍👩‍👧c', 5, 'a…👨‍👩‍👧c'],
  ])('%j in %i cells keeps its beginning and its end', (text, cells, expected) => {
    expect(cutMiddle(text, cells)).toBe(expected);
    expect(textWidth(cutMiddle(text, cells))).toBeLessThanOrEqual(Math.max(cells, 0));
  });
});
