import { expect, test } from 'vitest';
import { DIAGNOSTIC_CODES } from '../../../src/language/model/codes.js';
import { readPipeline } from '../../../src/language/read-pipeline.js';
import { documentedCodes, errorExamples } from '../error-examples.js';
import { goldens } from '../goldens.js';

/** Codes without an example: the file is too large to show or not text, or the mistake is not in the file. */
const WITHOUT_EXAMPLE = [
  'file-too-large',
  'not-utf8',
  'too-deep',
  'too-many-aliases',
  'calls-too-deep',
  'too-many-called-steps',
  'too-many-files',
  'too-many-mistakes',
  'unknown-input',
  'missing-input',
  'bad-input',
];

const codes = Object.keys(DIAGNOSTIC_CODES);

test('every code is explained in docs/errors.md', () => {
  expect(documentedCodes()).toEqual(expect.arrayContaining(codes));
});

test('every code that a short file can have is shown there', () => {
  const shown = errorExamples().map(({ name }) => name);
  expect(codes.filter((code) => !shown.includes(code))).toEqual(WITHOUT_EXAMPLE);
});

test.each(errorExamples())('the example of $name has that mistake or warning and no other', async ({ name, input }) => {
  const result = await readPipeline({ file: 'savepoint.yml', bytes: Buffer.from(input) });
  const told = result.ok ? result.value.warnings : result.error;
  expect([...new Set(told.map(({ code }) => code))]).toEqual([name]);
});

test('every code that a short file can have stands in a golden file', () => {
  const expected = [...goldens('language/bad'), ...goldens('language/good')].map((golden) => golden.expected).join('');
  const missing = codes.filter((code) => !expected.includes(`[${code}]`) && !expected.includes(`"code": "${code}"`));
  expect(missing.filter((code) => !WITHOUT_EXAMPLE.includes(code))).toEqual([]);
});
