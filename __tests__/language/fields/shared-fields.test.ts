import { expect, test } from 'vitest';
import { FALLBACK_NAMES } from '../../../src/language/model/pipeline.js';
import { fallbacks, SHELLS } from '../../../src/language/fields/shared-fields.js';
import { mistakesIn } from '../reading.js';

test('there is a field for each fallback', () => {
  expect(fallbacks.map(({ name }) => name)).toEqual(FALLBACK_NAMES);
});

test.each(SHELLS)('the shell %s needs no template', async (shell) => {
  expect(await mistakesIn(`steps: [{run: a, shell: ${shell}}]`)).toEqual([]);
});
