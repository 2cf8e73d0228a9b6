import { expect, test } from 'vitest';
import { STEP_SPELLINGS } from '../../../src/language/kinds/kind-rows.js';
import { SPELLINGS } from '../../../src/language/structure/fields.js';
import {
  booleanField,
  durationField,
  fieldsOf,
  sizeField,
  templatesField,
  textField,
  textNodes,
} from '../../../src/language/read/field-values.js';
import { treeOf, valueAt } from '../reading.js';

const duration = (text: string, leastMs = 1) => {
  const { root, reading, mistakes } = treeOf(text);
  const ms = durationField(fieldsOf(root, STEP_SPELLINGS), { name: 'timeout', leastMs }, reading);
  return mistakes.list()[0]?.message ?? ms;
};

test('fields are found under both spellings', () => {
  const fields = fieldsOf(treeOf('{continue-on-error: true, working-directory: app}').root, STEP_SPELLINGS);
  expect(booleanField(fields, 'continue_on_error')).toBe(true);
  expect(textField(fields, 'working_directory')).toBe('app');
});

test.each([
  ['timeout: 90s', 90_000],
  ['timeout-minutes: 1.5', 90_000],
  ['timeout-minutes: 0', '"timeout-minutes" must be more than 0'],
  ['timeout: 0ms', '"timeout" must be more than 0'],
  ['timeout: 9999999999999999d', '"timeout" is too long'],
  ['timeout: soon', undefined],
  ['timeout: [1s]', undefined],
  ['other: 1s', undefined],
])('%s is %s', (text, expected) => {
  expect(duration(text)).toBe(expected);
});

test('zero counts where it is allowed', () => {
  expect(duration('timeout: 0s', 0)).toBe(0);
});

test.each([
  ['max_size: 64KiB', 65_536],
  ['max_size: 0B', '"max_size" must be more than 0'],
  ['max_size: 9007199254740992GiB', '"max_size" is too large'],
  ['max_size: much', undefined],
  ['max_size: [1B]', undefined],
  ['other: 1B', undefined],
])('%s is %s', (text, expected) => {
  const { root, reading, mistakes } = treeOf(text);
  const bytes = sizeField(fieldsOf(root, SPELLINGS.checkpoint), 'max_size', reading);
  expect(mistakes.list()[0]?.message ?? bytes).toBe(expected);
});

test('one text is a list of one', () => {
  const values = (yaml: string) => textNodes(valueAt(treeOf(`x: ${yaml}`).root, 'x')).map(({ value }) => value);
  expect(values('a')).toEqual(['a']);
  expect(values('[a, 5, b]')).toEqual(['a', 'b']);
  expect(values('~')).toEqual([]);
});

test('plain values become text as on GitHub, numbers past a double stay as written', () => {
  const { root, reading } = treeOf('{A: 1.50, B: true, C: ~, D: 0x10, E: 12345678901234567890, F: [x]}');
  expect(templatesField(root, { place: 'step', viewer: undefined }, reading)).toEqual({
    A: '1.5',
    B: 'true',
    C: '',
    D: '16',
    E: '12345678901234567890',
  });
  expect(reading.sites).toEqual([]);
});

test('only texts with expressions are noted for checking', () => {
  const { root, reading } = treeOf('{A: plain, B: "${{ github.ref }}"}');
  templatesField(root, { place: 'file-env', viewer: undefined }, reading);
  expect(reading.sites.map(({ node, place }) => [node.value, place])).toEqual([['${{ github.ref }}', 'file-env']]);
});
