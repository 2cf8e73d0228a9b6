import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { findPages, readPage, ROOT } from './rig/docs/page.js';
import { newRig } from './rig/rig.js';
import { isWorkflow, loadLinter } from './rig/runner/workflow-linter.js';

type Named = readonly (readonly [name: string, text: string])[];

const EXAMPLES = 'examples/workflows';
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const yamlFilesIn = (folder: string): Named => {
  const files = existsSync(join(ROOT, folder)) ? readdirSync(join(ROOT, folder)) : [];
  return files.filter((file) => file.endsWith('.yml')).map((file) => [`${folder}/${file}`, read(`${folder}/${file}`)]);
};

const action = read('action.yml');
const linter = await loadLinter(action);
const { outputs } = parse(action) as { readonly outputs: object };

const examples = yamlFilesIn(EXAMPLES).filter(([, text]) => isWorkflow(text));
const pipelines = yamlFilesIn(EXAMPLES).filter(([, text]) => !isWorkflow(text));
const snippets = findPages().flatMap((file) =>
  readPage(file)
    .fences.filter(({ language, text }) => language === 'yaml' && isWorkflow(text))
    .map(({ line, text }) => [`${file}, line ${line}`, text] as const),
);

test('action.yml has no mistake', async () => {
  expect(await linter.action(action)).toEqual([]);
});

describe.each([...examples, ...snippets, ...yamlFilesIn('.github/workflows')])('the workflow in %s', (_name, text) => {
  test('has no mistake', async () => {
    expect(await linter.workflow(text)).toEqual([]);
  });

  test('uses only outputs that the action has', () => {
    const used = [...text.matchAll(/\bsteps\.pipeline\.outputs\.([\w-]+)/g)].map(([, name = '']) => name);
    expect(Object.keys(outputs)).toEqual(expect.arrayContaining(used));
  });
});

describe.each(examples)('%s', (_name, text) => {
  test('can be started fresh and asks for no more than it needs', () => {
    expect(text).toContain("resume: ${{ vars.SAVEPOINT_RESUME || 'auto' }}");
    expect(parse(text)).toMatchObject({ permissions: { contents: 'read' } });
  });
});

test('every example is looked at', () => {
  expect(examples.map(([name]) => name)).toEqual(
    ['matrix.yml', 'preview.yml', 'pull-request.yml', 'single-job.yml'].map((file) => `${EXAMPLES}/${file}`),
  );
  expect(pipelines).toHaveLength(2);
});

test.each([
  ['savepoint.yml', 'shard=2/3'],
  ['preview-pipeline.yml', 'environment=preview-7'],
])('the pipeline %s has no mistake, and takes the input that workflows give it', async (file, input) => {
  await using rig = await newRig(
    Object.fromEntries(pipelines.map(([path, text]) => [path.slice(EXAMPLES.length + 1), text])),
  );
  const validated = rig.cli(['validate', file]);
  expect(`${await validated.exitCode} ${validated.stderr()}`).toBe('0 ');
  const planned = rig.cli(['plan', file, '--input', input]);
  expect(`${await planned.exitCode} ${planned.stderr()}`).toBe('0 ');
});

describe('the linter', () => {
  const workflow = (step: string): string =>
    `on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - ${step}\n`;

  test.each([
    ['a workflow without mistakes', workflow('run: echo'), []],
    ['an unknown key', workflow('runs: echo'), ["6:9 Unexpected value 'runs'"]],
    ['an unknown function', workflow("{ run: echo, if: '${{ canceled() }}' }"), ['canceled']],
    [
      'an input that the action lacks',
      workflow('{ uses: savepoint-ci/savepoint@v1, with: { no: 1 } }'),
      ["input 'no'"],
    ],
  ])('sees %s', async (_what, text, mistakes) => {
    const found = (await linter.workflow(text)).join('\n');
    for (const mistake of mistakes) expect(found).toContain(mistake);
    expect(found === '').toBe(mistakes.length === 0);
  });

  test('sees a mistake in an action', async () => {
    const broken = 'name: a\ndescription: b\nruns: { using: node24, main: a.js, posts: a.js }\n';
    expect(await linter.action(broken)).toEqual(["3:36 Unexpected value 'posts'"]);
  });

  test('knows a workflow from a pipeline', () => {
    expect(isWorkflow(workflow('run: echo'))).toBe(true);
    expect(isWorkflow('# CI\nname: CI\non: push\njobs: {}\n')).toBe(true);
    expect(isWorkflow('name: ci\nsteps:\n  - run: echo\n    on: x\n')).toBe(false);
  });
});
