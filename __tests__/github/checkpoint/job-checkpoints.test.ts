import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { namesIn } from '../../snapshot/archives.js';
import { started, succeeded } from '../../report/recorded-run.js';
import { newSteps, type JobStart } from '../job-rig.js';
import { newMemoryJobRig } from '../memory-job-rig.js';

const concurrentIn = ({ chain }: Pick<JobStart, 'chain'>): readonly (readonly string[])[] =>
  chain.state().pending.map(({ concurrent_steps }) => concurrent_steps);

/** The files in each pending archive, by its step. */
const archived = ({ chain }: JobStart): readonly (readonly [string, readonly string[]])[] =>
  chain.state().pending.map(({ step, tar_file }) => [step, namesIn(tar_file).filter((name) => !name.endsWith('/'))]);

test('each step that is done has an archive of what it changed, and asks for an upload', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  await steps.done('one', () => rig.write('a'));
  await steps.done('two', () => rig.write('b'));
  expect(archived(job)).toEqual([
    ['one', ['./a']],
    ['two', ['./b']],
  ]);
  expect(steps.requests()).toBe(2);
  const [one, two] = job.chain.state().pending;
  expect(one).toMatchObject({ index: 1, covers: ['one'], concurrent_steps: [], whole: false, main_only: false });
  expect(two?.before).toBe(one?.after);
  expect(two?.journal_bytes).toBe(readFileSync(job.folder.journalFile).length);
});

describe('a failed step', () => {
  test('leaves nothing in any archive', async () => {
    await using rig = newMemoryJobRig();
    const job = rig.start();
    const steps = await newSteps(job);
    await steps.done('one', () => rig.write('a'));
    await steps.fail('two', () => rig.write('garbage'));
    await steps.done('three', () => rig.write('c'));
    expect(archived(job)).toEqual([
      ['one', ['./a']],
      ['three', ['./c']],
    ]);
    expect(job.chain.state().pending[1]?.covers).toEqual(['three']);
  });

  test('takes nothing from one that runs beside it', async () => {
    await using rig = newMemoryJobRig();
    const job = rig.start();
    const steps = await newSteps(job);
    steps.run.add(started('long'));
    rig.write('early');
    await steps.fail('two', () => rig.write('garbage'));
    await steps.done('long', () => rig.write('late'));
    expect(archived(job)).toEqual([['long', ['./early', './garbage', './late']]]);
    expect(job.chain.state().pending[0]?.concurrent_steps).toEqual(['two']);
  });

  test('takes nothing from one that began while it was looked at', async () => {
    await using rig = newMemoryJobRig();
    const job = rig.start();
    const steps = await newSteps(job);
    const failing = steps.fail('one');
    steps.run.add(started('two'));
    rig.write('early');
    await failing;
    await steps.done('two', () => rig.write('late'));
    expect(archived(job)).toEqual([['two', ['./early', './late']]]);
  });

  test('is in no archive of everything either, as there is none after it', async () => {
    await using rig = newMemoryJobRig();
    const job = rig.start();
    const steps = await newSteps(job);
    await steps.done('one', () => rig.write('a'));
    await steps.fail('two', () => rig.write('garbage'));
    job.chain.add({ type: 'too_large', message: 'large', whole: false });
    await steps.done('three', () => rig.write('c'));
    expect(job.chain.state().pending.map(({ whole }) => whole)).toEqual([false, false]);
  });
});

describe('a fallback', () => {
  test('leaves nothing in any archive', async () => {
    await using rig = newMemoryJobRig();
    const job = rig.start();
    const steps = await newSteps(job);
    await steps.done('one', () => rig.write('a'));
    rig.write('left');
    await steps.checkpoints.fallbackEnded('one/finally', steps.run.state());
    await steps.done('two', () => rig.write('b'));
    expect(archived(job)).toEqual([
      ['one', ['./a']],
      ['two', ['./b']],
    ]);
  });

  test('stands for its step while it runs beside others, and after that too', async () => {
    await using rig = newMemoryJobRig();
    const job = rig.start();
    const steps = await newSteps(job);
    const clean = 'one/on_failure/clean';
    steps.run.add(started('two'), started('three'));
    await steps.fail('one');
    steps.run.add(started(clean));
    await steps.done('two');
    steps.run.add(succeeded(clean));
    await steps.checkpoints.fallbackEnded('one/on_failure', steps.run.state());
    await steps.done('three');
    expect(concurrentIn(job)).toEqual([['one', 'three'], ['one']]);
  });

  test('of the pipeline stands for no step', async () => {
    await using rig = newMemoryJobRig();
    const job = rig.start();
    const steps = await newSteps(job);
    steps.run.add(started('on_started/x'));
    await steps.done('one', () => rig.write('a'));
    expect(concurrentIn(job)).toEqual([[]]);
  });
});

test('steps that run beside one that is done are named with its archive', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  steps.run.add(started('other'));
  await steps.done('one', () => rig.write('a'));
  await steps.done('other', () => rig.write('b'));
  expect(concurrentIn(job)).toEqual([['other'], []]);
});

test('steps that end at the same time are archived one after the other', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  const names = ['one', 'two', 'three'];
  steps.run.add(...names.map((step) => started(step)));
  const ends = names.map((path) => steps.checkpoints.stepEnded({ path, isDone: true }, steps.run.add(succeeded(path))));
  await Promise.all(ends);
  expect(archived(job).map(([step]) => step)).toEqual(names);
  const covered = job.chain.state().pending.map(({ journal_bytes }) => journal_bytes);
  expect(covered).toEqual([...covered].sort((a, b) => a - b));
});

test('what has no archive of its own is in the next one, which stands for it', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  const origin = join(job.folder.listingsFolder, 'origin');
  const listing = readFileSync(origin);
  writeFileSync(origin, 'no listing');
  await steps.done('one', () => rig.write('a'));
  expect(job.display.warnings()).toEqual([expect.stringMatching(/^no checkpoint after "one": /)]);
  writeFileSync(origin, listing);
  await steps.fail('two', () => rig.write('garbage'));
  await steps.done('three', () => rig.write('c'));
  expect(archived(job)).toEqual([['three', ['./a', './c', './garbage']]]);
  expect(job.chain.state().pending[0]).toMatchObject({ covers: ['one', 'three'], concurrent_steps: ['two'] });
});

describe('a whole archive', () => {
  test('replaces what is pending, whose files go at once', async () => {
    await using rig = newMemoryJobRig();
    const job = rig.start();
    const steps = await newSteps(job);
    await steps.done('one', () => rig.write('a'));
    await steps.done('two', () => rm(rig.workspace, 'a'));
    job.chain.add({ type: 'too_large', message: 'large', whole: false });
    await steps.done('three', () => rig.write('c'));
    expect(archived(job)).toEqual([['three', ['./c']]]);
    expect(job.chain.state().pending[0]).toMatchObject({ whole: true, covers: ['one', 'two', 'three'] });
    expect(readdirSync(job.folder.archivesFolder)).toEqual(['3.tar']);
  });

  test('is none where something lies about that no archive may have', async () => {
    await using rig = newMemoryJobRig();
    const job = rig.start();
    const steps = await newSteps(job, { isTainted: true });
    await steps.done('one', () => rig.write('a'));
    job.chain.add({ type: 'too_large', message: 'large', whole: false });
    await steps.done('two', () => rig.write('b'));
    expect(archived(job)).toEqual([
      ['one', ['./a']],
      ['two', ['./b']],
    ]);
  });

  test('leaves what is being packed alone', async () => {
    await using rig = newMemoryJobRig();
    const job = rig.start();
    const steps = await newSteps(job, { isUploading: () => true });
    await steps.done('one', () => rig.write('a'));
    job.chain.add({ type: 'too_large', message: 'large', whole: false });
    await steps.done('two', () => rig.write('b'));
    expect(readdirSync(job.folder.archivesFolder).sort()).toEqual(['1.tar', '2.tar']);
  });

  test('is every one where there is no GNU tar', async () => {
    await using rig = newMemoryJobRig();
    const job = rig.start();
    const steps = await newSteps(job, { hasTar: false });
    await steps.done('one', () => rig.write('a'));
    await steps.done('two', () => rig.write('b'));
    expect(archived(job)).toEqual([['two', expect.arrayContaining(['./a', './b']) as string[]]]);
    expect(job.chain.state().pending[0]).toMatchObject({ whole: true });
    expect(job.chain.state().pending[0]?.before).toBeUndefined();
  });
});

const rm = (folder: string, name: string): void => rmSync(join(folder, name));

test('a step that changes the git repository runs again on resume, and no other', async () => {
  await using rig = newMemoryJobRig();
  const git = (...args: readonly string[]): unknown => execFileSync('git', args, { cwd: rig.workspace });
  git('init', '--quiet');
  const job = rig.start();
  const steps = await newSteps(job);
  await steps.done('one', () => rig.write('a'));
  await steps.done('two', () => git('add', 'a'));
  await steps.done('three', () => rig.write('c'));
  expect(job.chain.state().must_rerun).toEqual({ two: 'it changed the git repository, which is not in a checkpoint' });
});

test('of steps side by side each may have changed the git repository, also one that began while it was looked at', async () => {
  await using rig = newMemoryJobRig();
  const git = (...args: readonly string[]): unknown => execFileSync('git', args, { cwd: rig.workspace });
  git('init', '--quiet');
  const job = rig.start();
  const steps = await newSteps(job);
  steps.run.add(started('long'), started('short'), succeeded('short'));
  rig.write('a');
  git('add', 'a');
  const looking = steps.checkpoints.stepEnded({ path: 'short', isDone: true }, steps.run.state());
  steps.run.add(started('late'));
  await looking;
  await steps.done('long');
  const because = 'it, or a step that ran at the same time, changed the git repository, which is not in a checkpoint';
  expect(job.chain.state().must_rerun).toEqual({ short: because, long: because, late: because });
  expect(concurrentIn(job)).toEqual([['long', 'late'], ['late']]);
});

test('what changed while it was archived is named in the log', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  const file = rig.write('a', 'x'.repeat(64 * 1024 * 1024));
  const state = { isTaken: false };
  const taking = steps.done('one').finally(() => (state.isTaken = true));
  while (!state.isTaken) {
    appendFileSync(file, 'more');
    await nextTurn();
  }
  await taking;
  expect(job.log()).toContain('changed while the checkpoint after "one" was made: a\n');
  expect(job.display.warnings()).toEqual([]);
});

test('where git cannot say, that is told once and every step runs again', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  await steps.done('one', () => rig.write('.git/HEAD', 'no repository'));
  await steps.done('two', () => rig.write('.git/HEAD', 'nor is this'));
  expect(Object.keys(job.chain.state().must_rerun)).toEqual(['one', 'two']);
  expect(job.display.warnings()).toEqual([expect.stringMatching(/^steps run again on resume: /)]);
});

test('an archive that may hold a secret only main knows is marked so', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const secrets = ['inherited'];
  const steps = await newSteps(job, { secrets: () => secrets, inheritedSecrets: ['inherited'] });
  await steps.done('one', () => rig.write('a'));
  secrets.push('learned on the way');
  await steps.done('two', () => rig.write('b'));
  expect(job.chain.state().pending.map(({ main_only }) => main_only)).toEqual([false, true]);
});

test('once nothing can be saved any more no archives are taken', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  job.chain.add({ type: 'marked', kind: 'ambiguous' });
  await steps.done('one', () => rig.write('a'));
  expect([job.chain.state().pending, steps.requests()]).toEqual([[], 0]);
});
