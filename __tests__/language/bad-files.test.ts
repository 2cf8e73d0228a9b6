import { expect, test } from 'vitest';
import { readPipeline } from '../../src/language/read-pipeline.js';
import { renderDiagnostics } from '../../src/language/yaml/render-diagnostic.js';
import { goldens } from './goldens.js';

const cases = goldens('language/bad');

test('there are at least sixty kinds of bad files', () => {
  expect(cases.length).toBeGreaterThanOrEqual(60);
});

test.each(cases)('the mistakes in a file are reported with their places: $name', async ({ input, check }) => {
  const source = { file: 'savepoint.yml', bytes: Buffer.from(input) };
  const result = await readPipeline(source);
  const told = result.ok ? 'no mistakes' : renderDiagnostics(result.error);
  check(told, (actual, expected) => expect(actual).toBe(expected));
  expect(result.ok).toBe(false);
});
