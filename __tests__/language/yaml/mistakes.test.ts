import { expect, test } from 'vitest';
import { lineTable } from '../../../src/language/yaml/line-table.js';
import { newMistakes } from '../../../src/language/yaml/mistakes.js';

const collect = () => newMistakes(lineTable('ab\ncd\n'));

test('mistakes are listed in the order of the file, with their places', () => {
  const mistakes = collect();
  mistakes.add('cycle', { start: 4, end: 5 }, 'second');
  mistakes.add('no-kind', { start: 0, end: 2 }, 'first');
  expect(mistakes.list()).toEqual([
    { code: 'no-kind', message: 'first', position: { line: 1, column: 1, length: 2 } },
    { code: 'cycle', message: 'second', position: { line: 2, column: 2, length: 1 } },
  ]);
});

test('the same mistake at the same place is reported once', () => {
  const mistakes = collect();
  for (const start of [0, 0, 1]) mistakes.add('no-kind', { start, end: 2 }, 'same');
  expect(mistakes.list()).toHaveLength(2);
});

test('notes are listed separately', () => {
  const mistakes = collect();
  mistakes.warn('deep-fallbacks', { start: 4, end: 5 }, 'second');
  mistakes.warn('deep-fallbacks', { start: 0, end: 2 }, 'first');
  expect(mistakes.any()).toBe(false);
  expect(mistakes.list()).toEqual([]);
  expect(mistakes.warnings().map(({ message }) => message)).toEqual(['first', 'second']);
});

test('a thousand are kept, and then it says so', () => {
  const mistakes = collect();
  expect(mistakes.any()).toBe(false);
  for (let index = 0; index < 1500; index += 1) mistakes.add('no-kind', { start: 0, end: 1 }, `number ${index}`);
  expect(mistakes.any() && mistakes.isFull()).toBe(true);
  expect(mistakes.list()).toHaveLength(1001);
  expect(mistakes.list().at(-1)).toEqual({
    code: 'too-many-mistakes',
    message: 'there are more mistakes; only 1000 are listed',
  });
});
