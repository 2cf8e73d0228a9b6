import { expect, test } from 'vitest';
import { loadPipeline } from '../../../src/local/work/load-pipeline.js';
import { errorOf, newTempFolder, valueOf } from '../../machine/temp-folder.js';

test('the pipeline that is there is read', async () => {
  using folder = newTempFolder();
  folder.write('pipeline.yml', 'name: mine\nsteps:\n  - run: "true"\n');
  expect(valueOf(await loadPipeline(folder.path, undefined))).toMatchObject({ name: 'mine', file: 'pipeline.yml' });
});

test('mistakes come with the file they are in', async () => {
  using folder = newTempFolder();
  folder.write('a.yml', 'steps: []\nnam: x\n');
  const mistakes = errorOf(await loadPipeline(folder.path, 'a.yml'));
  expect(mistakes.map(({ code, file }) => [code, file])).toContainEqual(['unknown-key', 'a.yml']);
});

test('what the pipeline calls is read from the workspace, whatever folder the file stands in', async () => {
  using folder = newTempFolder();
  folder.write('ci/a.yml', 'steps: [{pipeline: ./ci/b.yml}]\n');
  folder.write('ci/b.yml', 'steps: [{run: a}]\nnam: x\n');
  const mistakes = errorOf(await loadPipeline(folder.path, 'ci/a.yml'));
  expect(mistakes.map(({ code, file }) => [code, file])).toEqual([['unknown-key', 'ci/b.yml']]);
});

test('a missing file is a mistake in no file', async () => {
  using folder = newTempFolder();
  expect(errorOf(await loadPipeline(folder.path, 'x.yml'))).toEqual([
    { code: 'file-not-found', message: 'there is no file "x.yml"' },
  ]);
});
