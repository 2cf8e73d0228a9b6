import { expect, test } from 'vitest';
import { isRunOf, recordedPipelineFile } from '../../../src/local/work/recorded-pipeline.js';
import { readPipeline } from '../../../src/language/read-pipeline.js';
import { readStoredRuns } from '../../../src/local/work/stored-runs.js';
import { openWorkDirectory } from '../../../src/machine/workdir/work-directory.js';
import { errorOf, newTempFolder, valueOf } from '../../machine/temp-folder.js';
import { newStoredRunFolder } from '../stored-run-folder.js';

test('the file of a run is found by its id, or for the current run', async () => {
  using folder = newStoredRunFolder();
  folder.write('savepoint.yml', 'steps: [{run: "true"}]');
  expect(valueOf(await recordedPipelineFile(folder.path, {}))).toBe('savepoint.yml');
  expect(valueOf(await recordedPipelineFile(folder.path, { id: 'before' }))).toBe('savepoint.yml');
});

test('without such a run there is none', async () => {
  using folder = newTempFolder();
  expect(valueOf(await recordedPipelineFile(folder.path, {}))).toBeUndefined();
  expect(valueOf(await recordedPipelineFile(folder.path, { id: 'nope', workDir: 'elsewhere' }))).toBeUndefined();
});

test('a missing file is an error that says what to do', async () => {
  using folder = newStoredRunFolder();
  expect(errorOf(await recordedPipelineFile(folder.path, {}))).toBe(
    'run now was started from savepoint.yml, which is gone; name the file that holds its pipeline now',
  );
});

test('a run is of its own file, and of any other once that is gone', async () => {
  using folder = newStoredRunFolder();
  const state = valueOf(readStoredRuns(valueOf(openWorkDirectory(folder.path, '.work')), String).find(undefined)).state;
  const pipeline = async (file: string) =>
    valueOf(await readPipeline({ file, bytes: Buffer.from('steps: [{run: a}]') }));
  expect(isRunOf(await pipeline('other.yml'), state, folder.path)).toBe(true);
  folder.write('savepoint.yml');
  expect(isRunOf(await pipeline('other.yml'), state, folder.path)).toBe(false);
  expect(isRunOf(await pipeline('savepoint.yml'), state, folder.path)).toBe(true);
});
