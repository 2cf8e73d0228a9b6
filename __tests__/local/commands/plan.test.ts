import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { planCommand } from '../../../src/local/commands/plan.js';
import { resumeCommand } from '../../../src/local/commands/resume.js';
import { runCommand } from '../../../src/local/commands/run.js';
import type { PlanArguments } from '../../../src/local/command-line/arguments.js';
import { acquireLock } from '../../../src/machine/workdir/lock.js';
import { newTempFolder, valueOf, type TempFolder } from '../../machine/temp-folder.js';
import { newMemoryTerminal } from '../memory-terminal.js';

const output = { json: false, loudness: 'normal', noColor: false } as const;
const selection = { rerun: [], acceptChanges: false };

const PIPELINE = 'steps:\n  - {id: a, run: echo a}\n  - {id: b, run: test -e fixed}\n';

const planIn = async (folder: TempFolder, args: Partial<PlanArguments> = {}) => {
  const terminal = newMemoryTerminal(folder.path);
  const code = await planCommand({ inputs: {}, selection, output, ...args, command: 'plan' }, terminal);
  return { code, out: terminal.out.text(), err: terminal.err.text() };
};

/** The decision for each step, and the reason. */
const decisionsIn = async (folder: TempFolder, args: Partial<PlanArguments> = {}): Promise<readonly string[]> => {
  const { out } = await planIn(folder, { output: { ...output, json: true }, ...args });
  const { steps } = JSON.parse(out) as { steps: readonly { step: string; do: string; because: string }[] };
  return steps.map((step) => `${step.step}: ${step.do}, ${step.because}`);
};

const FRESH = ['a: run, a fresh run', 'b: run, a fresh run'];
const UNFINISHED = ['a: keep, finished in attempt 1', 'b: run, it failed last time'];

/** A folder where a run failed at its second step. */
const newFailedFolder = async (): Promise<TempFolder> => {
  const folder = newTempFolder();
  folder.write('savepoint.yml', PIPELINE);
  await runCommand({ command: 'run', inputs: {}, output, runId: 'it' }, newMemoryTerminal(folder.path));
  return folder;
};

const resumeIn = (folder: TempFolder): Promise<number> =>
  resumeCommand({ command: 'resume', inputs: {}, selection, output }, newMemoryTerminal(folder.path));

describe('a plan', () => {
  test('where nothing ran is that of a fresh run, and changes nothing', async () => {
    using folder = newTempFolder();
    folder.write('savepoint.yml', PIPELINE);
    expect(await planIn(folder)).toEqual({
      code: 0,
      out: [
        'what  step  path  why',
        'run   a     a     a fresh run',
        'run   b     b     a fresh run',
        '2 steps: 2 to run',
        '',
      ].join('\n'),
      err: '',
    });
    expect(existsSync(folder.at('.work'))).toBe(false);
  });

  test('of an unfinished run is what a resume would do', async () => {
    using folder = await newFailedFolder();
    expect(await decisionsIn(folder)).toEqual(UNFINISHED);
    expect(await decisionsIn(folder, { pipeline: './savepoint.yml', workDir: '.work' })).toEqual(UNFINISHED);
  });

  test('of a finished run is that of a fresh one, unless steps are asked for', async () => {
    using folder = await newFailedFolder();
    folder.write('fixed');
    expect(await resumeIn(folder)).toBe(0);
    expect(await decisionsIn(folder)).toEqual(FRESH);
    expect(await decisionsIn(folder, { selection: { ...selection, only: 'b' } })).toEqual([
      'a: leave, not asked for with --only',
      'b: run, asked for with --only',
    ]);
  });

  test('of another pipeline is that of a fresh run', async () => {
    using folder = await newFailedFolder();
    folder.write('other.yml', PIPELINE);
    expect(await decisionsIn(folder, { pipeline: 'other.yml' })).toEqual(FRESH);
  });

  test('made while the run is in progress says so', async () => {
    using folder = await newFailedFolder();
    const lock = valueOf(acquireLock(folder.at('.work/lock.json')));
    const { code, err } = await planIn(folder);
    lock.release();
    expect(code).toBe(0);
    expect(err).toBe('warning: run it is still running; this is what would remain if it ended now\n');
  });
});

describe('plan fails with exit code 2', () => {
  test('for a broken file, with its mistakes as validate shows them', async () => {
    using folder = newTempFolder();
    folder.write('savepoint.yml', 'steps:\n  - run: "true"\n    neds: []\n');
    const { code, err } = await planIn(folder);
    expect(code).toBe(2);
    expect(err).toMatch(/^savepoint\.yml:3:5 unknown key[^]*\n1 mistake, nothing was run\n$/);
  });

  test('with wrong inputs', async () => {
    using folder = newTempFolder();
    folder.write('savepoint.yml', PIPELINE);
    expect(await planIn(folder, { inputs: { x: '1' } })).toMatchObject({
      code: 2,
      err: 'savepoint: unknown input "x"; the pipeline declares none [unknown-input]\n',
    });
  });

  test('for chosen steps where there is no run to resume', async () => {
    using folder = newTempFolder();
    folder.write('savepoint.yml', PIPELINE);
    expect(await planIn(folder, { selection: { ...selection, from: 'b' } })).toMatchObject({
      code: 2,
      err: 'savepoint: --rerun, --from and --only need a run to resume, and savepoint.yml has none\n',
    });
  });

  test('on a journal that cannot be read', async () => {
    using folder = await newFailedFolder();
    folder.write('.work/journal.jsonl', 'nonsense\n');
    const { code, err } = await planIn(folder);
    expect(code).toBe(2);
    expect(err).toContain('line 1; start over with savepoint run\n');
  });
});
