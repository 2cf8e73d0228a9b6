import { expect, test } from 'vitest';
import { renderColumns } from '../../../src/report/text/columns.js';
import { ANSI } from '../../../src/report/text/paint.js';
import { textWidth } from '../../../src/report/text/text-width.js';

const cells = (...texts: readonly string[]) => texts.map((text) => ({ text }));

test('columns are aligned and lines have no trailing blanks', () => {
  expect(renderColumns([cells('a', 'long name', 'x'), cells('bb', 'n', '')], undefined)).toEqual([
    'a   long name  x',
    'bb  n',
  ]);
});

test('wide characters count as what they take', () => {
  expect(renderColumns([cells('日本', '1'), cells('abc', '2')], undefined)).toEqual(['日本  1', 'abc   2']);
});

test('numbers can stand at the right', () => {
  const row = (text: string) => [{ text, right: true }, { text: 's' }];
  expect(renderColumns([row('1'), row('100')], undefined)).toEqual(['  1  s', '100  s']);
});

test.each([30, 40, 79])('no line is wider than %i cells', (width) => {
  const rows = [cells('✓', 'name '.repeat(30), '1.2s', 'why '.repeat(50)), cells('✗', 'b', '0.1s', 'short')];
  const lines = renderColumns(rows, width);
  expect(lines.every((line) => textWidth(line) <= width)).toBe(true);
  expect(lines[0]).toContain('…');
  expect(lines[1]).toContain('short');
});

test('colours do not disturb the alignment', () => {
  const lines = renderColumns([[{ text: 'a', paint: ANSI.red }, { text: 'x' }], cells('bbb', 'y')], 20);
  expect(lines).toEqual(['\u001b[31ma\u001b[39m    x', 'bbb  y']);
});

test('without a width one long text neither is cut nor pushes all others away', () => {
  const [long, short] = renderColumns([cells('n'.repeat(200), 'x'), cells('n', 'y')], undefined);
  expect(long).toBe(`${'n'.repeat(200)}  x`);
  expect(short?.length).toBe(60 + 2 + 1);
});
