import { expect, test } from 'vitest';
import { calledPipelines, writtenSteps } from '../../../src/language/model/written-steps.js';
import { readFiles } from '../many-files.js';

const FILES = {
  'savepoint.yml': `
steps:
  - {id: a, run: a, finally: [{id: b, run: b}]}
  - id: c
    parallel: [{id: d, commands: [d]}, {id: e, steps: [{id: f, pipeline: two.yml, on_failure: [{id: g, run: g}]}]}]
  - {id: h, if: always(), then: [{id: i, run: i}], else: [{id: j, pipeline: one.yml}]}
  - {id: k, for_each: [1], run: k}
on_success: [{id: l, run: l}]
`,
  'one.yml': 'steps: [{pipeline: two.yml}, {run: x}]',
  'two.yml': 'steps: [{pipeline: three.yml}]',
  'three.yml': 'steps: [{run: x}]',
};

test('the steps written in a file are all its steps, including fallbacks, and none of called files', async () => {
  const result = await readFiles(FILES);
  const ids = result.ok ? [...writtenSteps(result.value)].map(({ id }) => id) : result.error;
  expect(ids).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'k', 'l']);
});

test('the pipelines that are called are each met once', async () => {
  const result = await readFiles(FILES);
  expect(result.ok && calledPipelines(result.value).map(({ file }) => file)).toEqual([
    'two.yml',
    'one.yml',
    'three.yml',
  ]);
});
