import { expect, test } from 'vitest';
import type { StatusArguments } from '../../../src/local/command-line/arguments.js';
import { statusCommand } from '../../../src/local/commands/status.js';
import { newTempFolder } from '../../machine/temp-folder.js';
import { newMemoryTerminal } from '../memory-terminal.js';
import { newStoredRunFolder } from '../stored-run-folder.js';

const askIn = async (folder: string, args: Partial<StatusArguments> & { readonly json?: boolean } = {}) => {
  const terminal = newMemoryTerminal(folder);
  const output = { json: args.json === true, loudness: 'normal', noColor: false } as const;
  const code = await statusCommand({ ...args, command: 'status', output }, terminal);
  return { code, out: terminal.out.text(), err: terminal.err.text() };
};

test('the latest run is shown step by step, then the earlier ones', async () => {
  using folder = newStoredRunFolder();
  const { code, out } = await askIn(folder.path);
  expect(code).toBe(0);
  expect(out).toBe(
    [
      'release failed',
      'run now, attempt 1, started 2023-11-14 22:13:20 UTC',
      '2 steps: 1 failed, 1 succeeded',
      '',
      '   step  path  time  attempts  why',
      '✓  A     a     1.2s',
      '✗  G     g     0.3s            exit code 1',
      '✗    B   g/b   0.3s            exit code 1',
      '',
      'resume: savepoint resume',
      '',
      '1 earlier run:',
      '  before  release  succeeded  2023-11-14 22:13:20 UTC',
      '',
    ].join('\n'),
  );
});

test('an earlier run is shown by its id', async () => {
  using folder = newStoredRunFolder();
  expect((await askIn(folder.path, { id: 'before' })).out).toContain('release succeeded\nrun before');
});

test('--json is what the state file holds', async () => {
  using folder = newStoredRunFolder();
  const { out } = await askIn(folder.path, { json: true });
  expect(JSON.parse(out)).toMatchObject({ version: 1, run_id: 'now', status: 'failed', completed_steps: ['a'] });
});

test('an unknown id is an error that lists the known ones', async () => {
  using folder = newStoredRunFolder();
  const { code, err } = await askIn(folder.path, { id: 'nope' });
  expect(code).toBe(2);
  expect(err).toBe('savepoint: there is no run "nope"; there are: now, before\n');
});

test('where nothing ran it says how to begin', async () => {
  using folder = newTempFolder();
  const { code, err } = await askIn(folder.path);
  expect(code).toBe(2);
  expect(err).toBe('savepoint: there is no run yet; start one with: savepoint run\n');
});

test('a damaged journal is refused with the way out', async () => {
  using folder = newStoredRunFolder();
  folder.write('.work/journal.jsonl', folder.read('.work/journal.jsonl').replace('"A"', '"X"'));
  const { code, err } = await askIn(folder.path);
  expect(code).toBe(2);
  expect(err).toMatch(/damaged at line 2; start over with savepoint run/);
});

test('the work directory is the one the pipeline names', async () => {
  using folder = newStoredRunFolder();
  folder.write('savepoint.yml', 'work_dir: elsewhere\nsteps:\n  - run: "true"\n');
  expect((await askIn(folder.path)).err).toContain('there is no run yet');
  expect((await askIn(folder.path, { workDir: '.work' })).out).toContain('resume: savepoint resume --work-dir=.work\n');
});
