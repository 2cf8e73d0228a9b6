import { expect, test } from 'vitest';
import { readPipeline } from '../../../src/language/read-pipeline.js';
import { STARTER_PIPELINE } from '../../../src/local/commands/starter-pipeline.js';
import { valueOf } from '../../machine/temp-folder.js';

test('the starter is a pipeline without mistakes', async () => {
  const source = { file: 'savepoint.yml', bytes: Buffer.from(STARTER_PIPELINE) };
  const pipeline = valueOf(await readPipeline(source));
  expect(pipeline.steps.map(({ id }) => id)).toEqual(['collect', 'count', 'report']);
});

test('it stays readable without scrolling sideways', () => {
  expect(Math.max(...STARTER_PIPELINE.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
});
