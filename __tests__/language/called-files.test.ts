import { expect, test } from 'vitest';
import type { Pipeline } from '../../src/language/model/pipeline.js';
import { renderDiagnostics } from '../../src/language/yaml/render-diagnostic.js';
import { goldens } from './goldens.js';
import { filesIn, readFiles, type Files } from './many-files.js';
import { lines } from './reading.js';

test.each(goldens('language/calls'))('the mistakes in several files are told: $name', async ({ input, check }) => {
  const result = await readFiles(filesIn(input));
  check(result.ok ? 'no mistakes' : renderDiagnostics(result.error), (actual, expected) =>
    expect(actual).toBe(expected),
  );
});

const pipelineOf = async (files: Files): Promise<Pipeline> => {
  const result = await readFiles(files);
  return result.ok ? result.value : expect.fail(renderDiagnostics(result.error));
};

const codesIn = async (files: Files): Promise<readonly string[]> => {
  const result = await readFiles(files);
  return result.ok ? [] : result.error.map(({ code, file }) => `${file ?? ''} ${code}`);
};

const call = (...files: readonly string[]): string =>
  `steps:\n${files.map((file) => `  - pipeline: ${file}\n`).join('')}`;

test('a file is read once, however and however often it is named', async () => {
  const asked: string[] = [];
  const files = {
    'savepoint.yml': call('./a.yml', 'a.yml', 'b.yml'),
    'a.yml': call('.//b.yml'),
    'b.yml': 'steps: [{run: b}]',
  };
  const result = await readFiles(files, asked);
  expect(result.ok).toBe(true);
  expect(asked).toEqual(['a.yml', 'b.yml']);
});

test('calls that double at each level cost no more than their files', async () => {
  const files: Record<string, string> = {
    'savepoint.yml': call('1.yml'),
    '14.yml': 'steps: [{run: x, mutex: m}]',
  };
  for (let level = 1; level < 14; level += 1) {
    const next = `${String(level + 1)}.yml`;
    files[`${String(level)}.yml`] = `${call(next, next)}secrets: [S${String(level)}]\n`;
  }
  const asked: string[] = [];
  const result = await readFiles(files, asked);
  expect(asked).toHaveLength(14);
  expect(result.ok && result.value.secrets).toHaveLength(13);
});

test('calls that come to more than 100,000 steps are refused where they do', async () => {
  const files: Record<string, string> = { 'savepoint.yml': call('1.yml'), '18.yml': 'steps: [{run: x}]' };
  for (let level = 1; level < 18; level += 1) {
    const next = `${String(level + 1)}.yml`;
    files[`${String(level)}.yml`] = call(next, next);
  }
  expect(await codesIn(files)).toEqual(['2.yml too-many-called-steps']);
});

const chain = (depth: number): Record<string, string> => {
  const files: Record<string, string> = {
    'savepoint.yml': call('1.yml'),
    [`${String(depth)}.yml`]: 'steps: [{run: x}]',
  };
  for (let level = 1; level < depth; level += 1) files[`${String(level)}.yml`] = call(`${String(level + 1)}.yml`);
  return files;
};

test('calls nest 20 deep, and no deeper', async () => {
  expect(await codesIn(chain(20))).toEqual([]);
  expect(await codesIn(chain(21))).toEqual(['savepoint.yml calls-too-deep']);
});

test('it does not matter by which way a deep file is reached first', async () => {
  const files = { ...chain(21), 'savepoint.yml': call('20.yml', '10.yml', '1.yml') };
  expect(await codesIn(files)).toEqual(['savepoint.yml calls-too-deep']);
});

const wide = (count: number): Record<string, string> => {
  const files: Record<string, string> = {
    'savepoint.yml': `steps:\n${lines(count, (index) => `  - pipeline: f${String(index)}.yml\n`)}`,
  };
  for (let index = 0; index < count; index += 1) files[`f${String(index)}.yml`] = 'steps: [{run: x}]';
  return files;
};

test('a hundred files are read, and no more', async () => {
  expect(await codesIn(wide(99))).toEqual([]);
  expect(await codesIn(wide(101))).toEqual(['savepoint.yml too-many-files', 'savepoint.yml too-many-files']);
});

test('the secrets of all files are those of the pipeline, each once', async () => {
  const files = {
    'savepoint.yml': `secrets: [A, B]\n${call('a.yml', 'b.yml')}`,
    'a.yml': `secrets: [C, B]\n${call('b.yml')}`,
    'b.yml': 'secrets: [D]\nsteps: [{run: b}]\n',
  };
  expect((await pipelineOf(files)).secrets).toEqual(['A', 'B', 'C', 'D']);
});

test('a call holds the file it calls, what it gives and what it gets', async () => {
  const files = {
    'savepoint.yml': 'steps: [{id: c, pipeline: ./ci/a.yml, with: {n: 5, s: "${{ run.id }}", b: true}}]',
    'ci/a.yml':
      'inputs: {n: {type: number}, s: {}, b: {type: boolean}}\nsteps: [{run: a}]\noutputs: {o: "${{ inputs.n }}"}\n',
  };
  const { steps } = await pipelineOf(files);
  expect(steps).toMatchObject([
    {
      kind: 'pipeline',
      id: 'c',
      name: 'c',
      with: { n: '5', s: '${{ run.id }}', b: 'true' },
      outputs: { o: '${{ inputs.n }}' },
      called: { name: 'a', file: 'ci/a.yml', steps: [{ kind: 'script', run: 'a' }] },
    },
  ]);
});

test('a shell and a folder of the caller do not reach into a called file, its own defaults do', async () => {
  const files = {
    'savepoint.yml':
      'defaults: {shell: sh, working_directory: out, timeout: 1m}\nsteps: [{pipeline: a.yml}, {pipeline: b.yml}]',
    'a.yml': 'steps: [{run: a}]',
    'b.yml': 'defaults: {shell: node}\nsteps: [{run: b}]',
  };
  const { steps } = await pipelineOf(files);
  const inner = steps.map((step) => (step.kind === 'pipeline' ? step.called.steps[0] : undefined));
  expect(inner[0]).not.toHaveProperty('shell');
  expect(inner[0]).not.toHaveProperty('workingDirectory');
  expect(inner[0]).not.toHaveProperty('timeoutMs');
  expect(inner[1]).toMatchObject({ shell: 'node' });
});

test('warnings of all files are reported once, those of the file itself first', async () => {
  const deep = (id: string): string =>
    `{id: ${id}, run: x, on_failure: [{run: x, on_failure: [{run: x, on_failure: [{run: x}]}]}]}`;
  const files = {
    'savepoint.yml': `steps: [{pipeline: a.yml}, {pipeline: b.yml}, ${deep('m')}]`,
    'a.yml': `steps: [{pipeline: b.yml}]`,
    'b.yml': `steps: [${deep('b')}]`,
  };
  const { warnings } = await pipelineOf(files);
  expect(warnings.map(({ file }) => file)).toEqual(['savepoint.yml', 'b.yml']);
});

test('where there are no other files a call is a mistake', async () => {
  expect(await codesIn({ 'savepoint.yml': call('a.yml') })).toEqual(['savepoint.yml unreadable-file']);
});
