import { expect, test } from 'vitest';
import { loadPipeline } from '../../src/local/load-pipeline.js';
import { errorOf, newTempFolder, valueOf } from '../machine/temp-folder.js';

test('the pipeline that is there is read', async () => {
  using folder = newTempFolder();
  folder.write('pipeline.yml', 'name: mine\nsteps:\n  - run: "true"\n');
  expect(valueOf(await loadPipeline(folder.path, undefined))).toMatchObject({ name: 'mine', file: 'pipeline.yml' });
});

test('mistakes come for programs and for people', async () => {
  using folder = newTempFolder();
  folder.write('a.yml', 'steps: []\nnam: x\n');
  const { diagnostics, text } = errorOf(await loadPipeline(folder.path, 'a.yml'));
  expect(diagnostics.length).toBeGreaterThan(0);
  for (const { code } of diagnostics) expect(text).toContain(`[${code}]`);
});

test('a missing file is said without a place, and its name cannot act on the terminal', async () => {
  using folder = newTempFolder();
  expect(errorOf(await loadPipeline(folder.path, 'x\u001b[2J.yml')).text).toBe(
    'there is no file "x\\x1b[2J.yml" [file-not-found]',
  );
});
