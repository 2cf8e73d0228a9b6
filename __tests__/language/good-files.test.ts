import { expect, test } from 'vitest';
import { readPipeline } from '../../src/language/read-pipeline.js';
import { goldens } from './goldens.js';

test.each(goldens('language/good'))('a file becomes a complete pipeline: $name', async ({ input, check }) => {
  const result = await readPipeline({ file: '.github/savepoint.yml', bytes: Buffer.from(input) });
  expect(result.ok ? [] : result.error).toEqual([]);
  check(JSON.stringify(result.ok && result.value, null, 2), (text, expected) => expect(text).toBe(expected));
});
