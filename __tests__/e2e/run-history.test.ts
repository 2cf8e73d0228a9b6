import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newRig } from '../rig/rig.js';

const pipeline = `
steps:
  - { id: a, run: echo "a of $SAVEPOINT_RUN_ID" | tee -a trail.txt }
  - { id: b, run: test -e fixed }
`;

describe('a run', () => {
  test('has the id it is given', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline, fixed: '' });
    expect(await rig.run(['--run-id', 'release-1.0']).exitCode).toBe(0);
    expect(rig.state().run_id).toBe('release-1.0');
    expect(rig.trail()).toEqual(['a of release-1.0']);
  });

  test('has an id of its own by default', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline, fixed: '' });
    await rig.run().exitCode;
    const first = rig.state().run_id;
    await rig.run().exitCode;
    expect(rig.state().run_id).not.toBe(first);
  });

  test.each(['', '../up', 'a/b', '-dash', 'a'.repeat(101)])('cannot have the id "%s"', async (id) => {
    await using rig = await newRig({ 'savepoint.yml': pipeline, fixed: '' });
    const run = rig.run([`--run-id=${id}`]);
    expect(await run.exitCode).toBe(2);
    expect(run.stderr()).toContain('--run-id');
    expect(rig.has('.work')).toBe(false);
  });

  test.each([
    ['of the run that is there', ['first']],
    ['of an earlier run', ['first', 'second']],
  ])('cannot have the id %s', async (_which, before) => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    for (const id of before) await rig.run(['--run-id', id]).exitCode;
    const journal = rig.read('.work/journal.jsonl');
    rig.trail();
    const run = rig.run(['--run-id', 'first']);
    expect(await run.exitCode).toBe(2);
    expect(run.stderr()).toContain('"first"');
    expect(rig.trail()).toEqual([]);
    expect(rig.read('.work/journal.jsonl')).toBe(journal);
  });

  test('moves an unfinished one to the history and says how to resume it', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    await rig.run(['--run-id', 'first']).exitCode;
    const journal = rig.read('.work/journal.jsonl');
    const second = rig.run(['--run-id', 'second']);
    expect(await second.exitCode).toBe(1);
    expect(second.stderr()).toContain('run first was not finished; resume it with: savepoint resume first');
    expect(rig.read('.work/history/first/journal.jsonl')).toBe(journal);
    expect(rig.read('.work/history/first/logs/a.log')).toBe('a of first\n');
    expect(rig.log('a')).toBe('a of second\n');
  });

  test('says nothing of an earlier one that had finished, which it keeps', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline, fixed: '' });
    await rig.run(['--run-id', 'first']).exitCode;
    const second = rig.run(['--run-id', 'second']);
    expect(await second.exitCode).toBe(0);
    expect(second.stderr()).toBe('');
    expect(rig.has('.work/history/first/journal.jsonl')).toBe(true);
  });

  test('leaves the files of steps where they are', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline, fixed: '', '.work/raw/data.txt': 'data' });
    await rig.run().exitCode;
    await rig.run().exitCode;
    expect(rig.read('.work/raw/data.txt')).toBe('data');
  });
});

describe('resume with an id', () => {
  test('takes an earlier run back, and moves the one that is there away', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    await rig.run(['--run-id', 'first']).exitCode;
    await rig.run(['--run-id', 'second']).exitCode;
    rig.trail();
    rig.write('fixed', '');
    expect(await rig.resume(['first']).exitCode).toBe(0);
    expect(rig.trail()).toEqual([]);
    expect(rig.state()).toMatchObject({ run_id: 'first', attempt: 2, status: 'succeeded' });
    expect(rig.log('a')).toBe('a of first\n');
    expect(rig.has('.work/history/second/journal.jsonl')).toBe(true);
    expect(await rig.resume(['second']).exitCode).toBe(0);
    expect(rig.state()).toMatchObject({ run_id: 'second', attempt: 2, status: 'succeeded' });
  });

  test('of the run that is there continues with it', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    await rig.run(['--run-id', 'first']).exitCode;
    rig.write('fixed', '');
    expect(await rig.resume(['first']).exitCode).toBe(0);
    expect(rig.has('.work/history')).toBe(false);
  });

  test('completes a move to the history that a kill cut short', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    await rig.run(['--run-id', 'first']).exitCode;
    mkdirSync(join(rig.workspace, '.work/history/first'), { recursive: true });
    renameSync(join(rig.workspace, '.work/logs'), join(rig.workspace, '.work/history/first/logs'));
    rig.write('fixed', '');
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.log('a')).toBe('a of first\n');
    expect(rig.has('.work/history/first')).toBe(false);
  });

  test('of a finished run in the history changes nothing', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline, fixed: '' });
    await rig.run(['--run-id', 'first']).exitCode;
    await rig.run(['--run-id', 'second']).exitCode;
    const resumed = rig.resume(['first']);
    expect(await resumed.exitCode).toBe(0);
    expect(resumed.stdout()).toContain('nothing to do: run first');
    expect(rig.state().run_id).toBe('second');
  });
});

describe('a refused resume ends with 2, says the way out and changes nothing:', () => {
  test('nothing to resume', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    const resumed = rig.resume();
    expect(await resumed.exitCode).toBe(2);
    expect(resumed.stderr()).toContain('there is nothing to resume; start with: savepoint run');
    expect(rig.trail()).toEqual([]);
    expect(rig.has('.work')).toBe(false);
  });

  test('an unknown run, with those that are known', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    await rig.run(['--run-id', 'first']).exitCode;
    await rig.run(['--run-id', 'second']).exitCode;
    rig.trail();
    const resumed = rig.resume(['third']);
    expect(await resumed.exitCode).toBe(2);
    expect(resumed.stderr()).toContain('there is no run "third"; there are: second, first');
    expect(rig.trail()).toEqual([]);
    expect(rig.state()).toMatchObject({ run_id: 'second', attempt: 1 });
  });

  test('a run of another pipeline', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline, 'other.yml': 'steps: [{ run: echo other }]' });
    await rig.run(['--run-id', 'first']).exitCode;
    rig.trail();
    const resumed = rig.resume(['--pipeline', 'other.yml']);
    expect(await resumed.exitCode).toBe(2);
    expect(resumed.stderr()).toContain('--pipeline=savepoint.yml');
    expect(rig.trail()).toEqual([]);
    expect(rig.state().attempt).toBe(1);
  });
});

test('a resume finds the pipeline file its run was started with', async () => {
  await using rig = await newRig({
    'savepoint.yml': 'steps: [{ run: echo wrong >> trail.txt }]',
    'ci/release.yml': pipeline,
  });
  expect(await rig.run(['ci/release.yml', '--run-id', 'first']).exitCode).toBe(1);
  rig.trail();
  rig.write('fixed', '');
  expect(await rig.resume().exitCode).toBe(0);
  expect(rig.trail()).toEqual([]);
  expect(rig.statuses()).toEqual({ a: 'succeeded', b: 'succeeded' });
});

test('a resume finds its run in a work directory of another name', async () => {
  await using rig = await newRig({ 'savepoint.yml': `work_dir: build/state\n${pipeline}` });
  expect(await rig.run(['--run-id', 'first']).exitCode).toBe(1);
  expect(rig.has('.work')).toBe(false);
  rig.write('fixed', '');
  expect(await rig.resume().exitCode).toBe(0);
  expect(await rig.run(['--run-id', 'second', '--work-dir', 'elsewhere']).exitCode).toBe(0);
  expect(JSON.parse(rig.read('build/state/pipeline-state.json'))).toMatchObject({ run_id: 'first' });
  expect(JSON.parse(rig.read('elsewhere/pipeline-state.json'))).toMatchObject({ run_id: 'second' });
});
