import { expect, test } from 'vitest';
import { slotsFor } from '../../src/run/host.js';
import { readPipeline } from '../../src/language/read-pipeline.js';
import { valueOf } from '../machine/temp-folder.js';

test.each([
  { what: 'the host says, whatever the file says', head: 'max_parallel: 1\n', maxParallel: 4, processors: 3, count: 4 },
  { what: 'the file says', head: 'max_parallel: 1\n', maxParallel: undefined, processors: 3, count: 1 },
  { what: 'there are processors', head: '', maxParallel: undefined, processors: 3, count: 3 },
  { what: 'two, where there is one processor', head: '', maxParallel: undefined, processors: 1, count: 2 },
])('as many processes run at a time as $what', async ({ head, count, ...host }) => {
  const bytes = Buffer.from(`${head}steps: [{run: "true"}]`);
  expect(slotsFor(valueOf(await readPipeline({ file: 'savepoint.yml', bytes })), host)).toBe(count);
});
