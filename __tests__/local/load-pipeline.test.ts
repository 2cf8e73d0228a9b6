import { expect, test } from 'vitest';
import { loadPipeline } from '../../src/local/load-pipeline.js';
import { errorOf, newTempFolder, valueOf } from '../machine/temp-folder.js';

test('the pipeline that is there is read', async () => {
  using folder = newTempFolder();
  folder.write('pipeline.yml', 'name: mine\nsteps:\n  - run: "true"\n');
  expect(valueOf(await loadPipeline(folder.path, undefined))).toMatchObject({ name: 'mine', file: 'pipeline.yml' });
});

test('mistakes come with the file they are in', async () => {
  using folder = newTempFolder();
  const content = 'steps: []\nnam: x\n';
  folder.write('a.yml', content);
  const { diagnostics, source } = errorOf(await loadPipeline(folder.path, 'a.yml'));
  expect(diagnostics.map(({ code }) => code)).toContain('unknown-key');
  expect(source).toEqual({ file: 'a.yml', bytes: Buffer.from(content) });
});

test('a missing file is a mistake in no file', async () => {
  using folder = newTempFolder();
  expect(errorOf(await loadPipeline(folder.path, 'x.yml'))).toEqual({
    diagnostics: [{ code: 'file-not-found', message: 'there is no file "x.yml"' }],
    source: undefined,
  });
});
