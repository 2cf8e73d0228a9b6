import { describe, expect, test } from 'vitest';
import { describeJournalProblem } from '../../../src/local/work/journal-problem.js';
import { loadPipeline } from '../../../src/local/work/load-pipeline.js';
import { errorOf, newTempFolder, valueOf } from '../../machine/temp-folder.js';
import { isRunOf, recordedPipelineFile } from '../../../src/local/work/recorded-pipeline.js';
import { readPipeline } from '../../../src/language/read-pipeline.js';
import { readStoredRuns } from '../../../src/local/work/stored-runs.js';
import { openWorkDirectory } from '../../../src/machine/workdir/work-directory.js';
import { newStoredRunFolder } from '../stored-run-folder.js';

describe('journal problem', () => {
  test('a journal that is refused is named, with the reason', () => {
    const told = [
      describeJournalProblem('/w/journal.jsonl', { kind: 'newer-version', version: 2 }),
      describeJournalProblem('/w/journal.jsonl', { kind: 'damaged', line: 3 }),
      describeJournalProblem('/w/journal.jsonl', { kind: 'unreadable', message: 'cannot read the journal: EACCES' }),
    ];
    expect(told).toEqual([
      '/w/journal.jsonl was written by a newer Savepoint (format 2)',
      '/w/journal.jsonl was changed or damaged at line 3',
      'cannot read the journal: EACCES',
    ]);
  });
});

describe('load pipeline', () => {
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
});

describe('recorded pipeline', () => {
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
    const state = valueOf(
      readStoredRuns(valueOf(openWorkDirectory(folder.path, '.work')), String).find(undefined),
    ).state;
    const pipeline = async (file: string) =>
      valueOf(await readPipeline({ file, bytes: Buffer.from('steps: [{run: a}]') }));
    expect(isRunOf(await pipeline('other.yml'), state, folder.path)).toBe(true);
    folder.write('savepoint.yml');
    expect(isRunOf(await pipeline('other.yml'), state, folder.path)).toBe(false);
    expect(isRunOf(await pipeline('savepoint.yml'), state, folder.path)).toBe(true);
  });
});
