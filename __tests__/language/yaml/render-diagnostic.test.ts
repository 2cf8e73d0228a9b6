import { expect, test } from 'vitest';
import type { Diagnostic } from '../../../src/language/model/diagnostic.js';
import {
  placeDiagnostics,
  renderDiagnostic,
  renderDiagnostics,
  renderHeadline,
} from '../../../src/language/yaml/render-diagnostic.js';

const place = (diagnostics: readonly Diagnostic[], text: string, file = 'savepoint.yml'): readonly Diagnostic[] =>
  placeDiagnostics(diagnostics, { file, bytes: Buffer.from(text) });
const shownIn = (text: string, diagnostic: Diagnostic): string => renderDiagnostics(place([diagnostic], text));
const at = (line: number, column: number, length: number) => ({
  code: 'some-code',
  message: 'something is wrong',
  position: { line, column, length },
});

test('a mistake shows its line with carets under the marked text', () => {
  expect(shownIn('a:\n  neds: b\n', at(2, 3, 4))).toBe(
    'savepoint.yml:2:3 something is wrong [some-code]\n  2 |   neds: b\n    |   ^^^^',
  );
});

test('a mistake without a place is one line', () => {
  expect(shownIn('', { code: 'some-code', message: 'gone' })).toBe('savepoint.yml gone [some-code]');
});

test('several mistakes follow each other', () => {
  expect(renderDiagnostics(place([at(1, 1, 1), at(2, 1, 1)], 'a\nb')).split('\n')).toHaveLength(6);
});

test('the gutter is as wide as the line number', () => {
  const [, line, marks] = shownIn(`${'\n'.repeat(119)}ab`, at(120, 1, 2)).split('\n');
  expect(line).toBe('  120 | ab');
  expect(marks).toBe('      | ^^');
});

test('carets stand right after tabs and wide characters', () => {
  expect(shownIn('\ta日本x', at(1, 5, 2))).toContain('  1 |  a日本x\n    |       ^');
  expect(shownIn('日本x', at(1, 1, 2))).toContain('\n    | ^^^^');
});

test('nothing in a file or message can act on a terminal', () => {
  const evil = 'a\u001b[31m\u0007\r\u009b1m\u202e\u2066b\u200b';
  const shown = shownIn(evil, { ...at(1, 1, 3), message: evil });
  expect(shown.replaceAll('\n', '')).not.toMatch(/[\0-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/);
  expect(shown).toContain('␛[31m␇');
});

test('a long line is cut around the place', () => {
  const text = `${'a'.repeat(500)}HERE${'b'.repeat(500)}`;
  const [, line, marks] = shownIn(text, at(1, 501, 4)).split('\n');
  expect(line).toMatch(/^ {2}1 \| …a+HEREb+…$/);
  expect(line?.length).toBeLessThan(120);
  expect(marks?.indexOf('^')).toBe(line?.indexOf('HERE'));
  expect(marks?.match(/\^/g)).toHaveLength(4);
});

test('a window that cuts a character in two shows no half of it', () => {
  const text = `${'😀'.repeat(200)}x`;
  for (const column of [200, 201, 202]) expect(shownIn(text, at(1, column, 1))).not.toMatch(/\p{Surrogate}/u);
});

test('a mark that is longer than the window ends with it', () => {
  const [, line, marks] = shownIn('a'.repeat(1000), at(1, 1, 1000)).split('\n');
  expect(marks?.length).toBe((line?.length ?? 0) - 1);
});

test('a line that does not exist shows as empty', () => {
  expect(shownIn('a', at(9, 1, 1))).toContain('  9 | \n    | ^');
});

test('mistakes of several files name their own file and show its lines', () => {
  const mistakes = [...place([at(1, 1, 1)], 'abc'), ...place([at(1, 2, 1)], 'xyz', 'other.yml')];
  expect(renderDiagnostics(mistakes)).toBe(
    [
      'savepoint.yml:1:1 something is wrong [some-code]',
      '  1 | abc',
      '    | ^',
      'other.yml:1:2 something is wrong [some-code]',
      '  1 | xyz',
      '    |  ^',
    ].join('\n'),
  );
});

test('a mistake in no file has no place', () => {
  expect(renderDiagnostic({ code: 'some-code', message: 'no' })).toBe('no [some-code]');
});

test('a headline is one line', () => {
  expect(place([at(2, 3, 4)], 'a:\n  neds: b\n').map(renderHeadline)).toEqual([
    'savepoint.yml:2:3 something is wrong [some-code]',
  ]);
});
