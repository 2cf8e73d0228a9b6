import { renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import { resumeCommand } from '../../../src/local/commands/resume.js';
import { runCommand } from '../../../src/local/commands/run.js';
import type { ResumeArguments } from '../../../src/local/command-line/arguments.js';
import { newTempFolder, type TempFolder } from '../../machine/temp-folder.js';
import { newMemoryTerminal } from '../memory-terminal.js';

const output = { json: false, loudness: 'normal', noColor: false } as const;
const selection = { rerun: [], acceptChanges: false };

/** A folder where a run of `release.yml` failed at its second step. */
const newFailedFolder = async (): Promise<TempFolder> => {
  const folder = newTempFolder();
  folder.write('release.yml', 'steps:\n  - run: echo one >> trail\n  - run: test -e fixed\n');
  const args = { command: 'run', inputs: {}, output, pipeline: 'release.yml', runId: 'it' } as const;
  await runCommand(args, newMemoryTerminal(folder.path));
  return folder;
};

const resumeIn = async (folder: TempFolder, args: Partial<ResumeArguments> = {}) => {
  const terminal = newMemoryTerminal(folder.path);
  const code = await resumeCommand({ inputs: {}, selection, output, ...args, command: 'resume' }, terminal);
  return { code, out: terminal.out.text(), err: terminal.err.text() };
};

test('a run continues after its finished steps, from the file it was started with', async () => {
  using folder = await newFailedFolder();
  folder.write('savepoint.yml', 'steps: [{run: exit 7}]');
  folder.write('fixed');
  expect((await resumeIn(folder)).code).toBe(0);
  expect(folder.read('trail')).toBe('one\n');
});

test('a finished run has nothing to do, unless steps are asked for', async () => {
  using folder = await newFailedFolder();
  folder.write('fixed');
  await resumeIn(folder);
  const again = await resumeIn(folder, { id: 'it' });
  expect([again.code, again.err]).toEqual([0, '']);
  expect(again.out).toContain('nothing to do: run it');
  expect((await resumeIn(folder, { selection: { ...selection, rerun: ['step-1'] } })).code).toBe(0);
  expect(folder.read('trail')).toBe('one\none\n');
});

test('a pipeline file that was renamed has to be named', async () => {
  using folder = await newFailedFolder();
  renameSync(folder.at('release.yml'), folder.at('deploy.yml'));
  const refused = await resumeIn(folder);
  expect(refused.code).toBe(2);
  expect(refused.err).toContain('run it was started from release.yml, which is gone');
  folder.write('fixed');
  expect((await resumeIn(folder, { pipeline: 'deploy.yml' })).code).toBe(0);
  expect(folder.read('trail')).toBe('one\n');
});

test('without a run there is nothing to resume', async () => {
  using folder = newTempFolder();
  folder.write('savepoint.yml', 'steps: [{run: "true"}]');
  expect(await resumeIn(folder, { workDir: 'state' })).toEqual({
    code: 2,
    out: '',
    err: 'savepoint: there is nothing to resume; start with: savepoint run --work-dir=state\n',
  });
});
