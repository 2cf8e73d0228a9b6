import { expect, test } from 'vitest';
import { readPipeline } from '../../src/language/read-pipeline.js';
import { mistakesIn, pipelineOf } from './reading.js';

test.each([
  ['.github/pipeline.yml', 'pipeline'],
  ['C:\\work\\release.yaml', 'release'],
  ['deploy', 'deploy'],
  ['.hidden', '.hidden'],
])('the name of %s is %s when it gives none', async (file, name) => {
  const result = await readPipeline({ file, bytes: Buffer.from('steps: [{run: a}]') });
  expect(result.ok && result.value.name).toBe(name);
});

test('what a file leaves out has its default', async () => {
  const { steps, checkpoint, ...rest } = await pipelineOf('steps: [{run: a}]');
  expect(steps).toHaveLength(1);
  expect(checkpoint).toMatchObject({ include: ['.'], exclude: [] });
  expect(rest).toEqual({
    name: 'savepoint',
    file: 'savepoint.yml',
    workDir: '.work',
    inputs: [],
    env: {},
    secrets: [],
    failure: 'finish',
    maxParallel: undefined,
    directories: [],
    fallbacks: {},
    outputs: {},
    warnings: [],
  });
});

test('paths are plain, and stay in the workspace', async () => {
  expect(await pipelineOf('work_dir: ./out/\ndirectories: [./a/]\nsteps: [{run: a}]')).toMatchObject({
    workDir: 'out',
    directories: ['a'],
  });
  expect(await mistakesIn('work_dir: ../out\ndirectories: [/a]\nsteps: [{run: a}]')).toEqual([
    expect.stringContaining('"work_dir" must not lead out'),
    expect.stringContaining('"directories" must be a relative path'),
  ]);
});

test('fallbacks of a file see all its steps, but on_started sees none', async () => {
  const reads = 'env: {A: "${{ steps.b.outcome }}"}';
  const steps = 'steps: [{id: a, needs: [], run: a}, {id: b, needs: [], run: b}]';
  const { fallbacks } = await pipelineOf(`${steps}\nfinally: [{run: x, ${reads}}]\non_failure: [{run: y, ${reads}}]`);
  expect(Object.keys(fallbacks)).toEqual(['on_failure', 'finally']);
  expect(await mistakesIn(`${steps}\non_started: [{run: x, ${reads}}]`)).toEqual([
    expect.stringContaining('[unknown-step]'),
  ]);
});

test('fallbacks of a file have its defaults', async () => {
  const { fallbacks } = await pipelineOf('defaults: {shell: sh}\nsteps: [{run: a}]\nfinally: [{run: x}]');
  expect(fallbacks.finally).toMatchObject([{ kind: 'script', shell: 'sh' }]);
});
