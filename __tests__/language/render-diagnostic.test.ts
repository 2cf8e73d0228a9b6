import { expect, test } from 'vitest';
import { renderDiagnostic, renderDiagnostics } from '../../src/language/render-diagnostic.js';

const source = (text: string) => ({ file: 'savepoint.yml', bytes: Buffer.from(text) });
const at = (line: number, column: number, length: number) => ({
  code: 'some-code',
  message: 'something is wrong',
  position: { line, column, length },
});

test('a mistake shows its line with carets under the marked text', () => {
  expect(renderDiagnostic(at(2, 3, 4), source('a:\n  neds: b\n'))).toBe(
    'savepoint.yml:2:3 something is wrong [some-code]\n  2 |   neds: b\n    |   ^^^^',
  );
});

test('a mistake without a place is one line', () => {
  expect(renderDiagnostic({ code: 'some-code', message: 'gone' }, source(''))).toBe('savepoint.yml gone [some-code]');
});

test('several mistakes follow each other', () => {
  expect(renderDiagnostics([at(1, 1, 1), at(2, 1, 1)], source('a\nb')).split('\n')).toHaveLength(6);
});

test('the gutter is as wide as the line number', () => {
  const [, line, marks] = renderDiagnostic(at(120, 1, 2), source(`${'\n'.repeat(119)}ab`)).split('\n');
  expect(line).toBe('  120 | ab');
  expect(marks).toBe('      | ^^');
});

test('carets stand right after tabs and wide characters', () => {
  expect(renderDiagnostic(at(1, 5, 2), source('\ta日本x'))).toContain('  1 |  a日本x\n    |       ^');
  expect(renderDiagnostic(at(1, 1, 2), source('日本x'))).toContain('\n    | ^^^^');
});

test('nothing in a file or message can act on a terminal', () => {
  const evil = 'a\u001b[31m\u0007\r\u009b1m\u202e\u2066b\u200b';
  const shown = renderDiagnostic({ ...at(1, 1, 3), message: evil }, source(evil));
  expect(shown.replaceAll('\n', '')).not.toMatch(/[\0-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/);
  expect(shown).toContain('␛[31m␇');
});

test('a long line is cut around the place', () => {
  const text = `${'a'.repeat(500)}HERE${'b'.repeat(500)}`;
  const [, line, marks] = renderDiagnostic(at(1, 501, 4), source(text)).split('\n');
  expect(line).toMatch(/^ {2}1 \| …a+HEREb+…$/);
  expect(line?.length).toBeLessThan(120);
  expect(marks?.indexOf('^')).toBe(line?.indexOf('HERE'));
  expect(marks?.match(/\^/g)).toHaveLength(4);
});

test('a window that cuts a character in two shows no half of it', () => {
  const text = `${'😀'.repeat(200)}x`;
  for (const column of [200, 201, 202])
    expect(renderDiagnostic(at(1, column, 1), source(text))).not.toMatch(/\p{Surrogate}/u);
});

test('a mark that is longer than the window ends with it', () => {
  const [, line, marks] = renderDiagnostic(at(1, 1, 1000), source('a'.repeat(1000))).split('\n');
  expect(marks?.length).toBe((line?.length ?? 0) - 1);
});

test('a line that does not exist shows as empty', () => {
  expect(renderDiagnostic(at(9, 1, 1), source('a'))).toContain('  9 | \n    | ^');
});
