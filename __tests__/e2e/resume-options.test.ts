import { describe, expect, test } from 'vitest';
import { newRig, type Rig } from '../rig/rig.js';

/** `a` → `b` → `c`, and `apart`, which needs nothing. */
const pipeline = (script = 'echo a >> trail.txt'): string => `
steps:
  - { id: a, run: ${script} }
  - { id: b, run: echo b >> trail.txt; test ! -e broken }
  - { id: c, run: echo c >> trail.txt }
  - { id: apart, needs: [], run: echo apart >> trail.txt }
`;

/** A rig whose run of the pipeline has finished. */
const finishedRig = async (): Promise<Rig> => {
  const rig = await newRig({ 'savepoint.yml': pipeline() });
  expect(await rig.run().exitCode).toBe(0);
  rig.trail();
  return rig;
};

/** A rig whose run failed at `b` after all steps that do not need `b`, and where `b` has been repaired since. */
const failedRig = async (): Promise<Rig> => {
  const rig = await newRig({ 'savepoint.yml': pipeline(), broken: '' });
  expect(await rig.run(['--max-parallel', '1']).exitCode).toBe(1);
  rig.trail();
  rig.remove('broken');
  return rig;
};

describe('--rerun', () => {
  test('runs the named step and what needs it', async () => {
    await using rig = await finishedRig();
    const resumed = rig.resume(['--rerun', 'b']);
    expect(await resumed.exitCode).toBe(0);
    expect(rig.trail()).toEqual(['b', 'c']);
    expect(resumed.stdout()).toContain('b… (asked for with --rerun)');
  });

  test('takes several, and adds to what would run anyway', async () => {
    await using rig = await failedRig();
    expect(await rig.resume(['--rerun', 'apart,c']).exitCode).toBe(0);
    expect([...rig.trail()].sort()).toEqual(['apart', 'b', 'c']);
  });

  test('takes a step by its path in a group', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - id: group
    parallel:
      - { id: a, run: echo a >> trail.txt }
      - { id: b, run: echo b >> trail.txt }
  - { id: c, run: echo c >> trail.txt }
`,
    });
    await rig.run().exitCode;
    rig.trail();
    expect(await rig.resume(['--rerun', 'group/b']).exitCode).toBe(0);
    expect(rig.trail()).toEqual(['b', 'c']);
    expect(await rig.resume(['--rerun', 'group']).exitCode).toBe(0);
    expect([...rig.trail()].sort()).toEqual(['a', 'b', 'c']);
  });
});

describe('--from', () => {
  test('runs the named step and all after it', async () => {
    await using rig = await finishedRig();
    const resumed = rig.resume(['--from', 'a']);
    expect(await resumed.exitCode).toBe(0);
    expect(rig.trail()).toEqual(['a', 'b', 'c']);
    expect(resumed.stdout()).toContain('a… (asked for with --from)');
  });

  test('is refused when something before the step is not finished', async () => {
    await using rig = await failedRig();
    const resumed = rig.resume(['--from', 'c']);
    expect(await resumed.exitCode).toBe(2);
    expect(resumed.stderr()).toContain('"b" before it is not finished');
    expect(rig.trail()).toEqual([]);
    expect(rig.state().attempt).toBe(1);
  });
});

describe('--only', () => {
  test('runs one step on what is there and nothing else', async () => {
    await using rig = await finishedRig();
    expect(await rig.resume(['--only', 'b']).exitCode).toBe(0);
    expect(rig.trail()).toEqual(['b']);
  });

  test('runs a step although what it needs is not finished, which stays unfinished', async () => {
    await using rig = await failedRig();
    expect(await rig.resume(['--only', 'c']).exitCode).toBe(0);
    expect(rig.trail()).toEqual(['c']);
    expect(rig.statuses()).toMatchObject({ a: 'succeeded', b: 'failed', c: 'succeeded' });
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['b', 'c']);
  });

  test('does not make a run finished in which another step has still to run', async () => {
    await using rig = await failedRig();
    expect(await rig.resume(['--only', 'c']).exitCode).toBe(0);
    const plan = rig.cli(['plan']);
    expect(await plan.exitCode).toBe(0);
    expect(plan.stdout()).toMatch(/^keep +a /m);
    expect(plan.stdout()).toMatch(/^run +b +b +it failed last time$/m);
  });

  test('leaves what comes after the step to a later resume', async () => {
    await using rig = await finishedRig();
    expect(await rig.resume(['--only', 'a']).exitCode).toBe(0);
    expect(rig.trail()).toEqual(['a']);
    const resumed = rig.resume();
    expect(await resumed.exitCode).toBe(0);
    expect(rig.trail()).toEqual(['b', 'c']);
    expect(resumed.stdout()).toContain('b… (something it needs ran again after it)');
  });
});

describe('--accept-changes', () => {
  test('keeps finished steps although their definition changed', async () => {
    await using rig = await failedRig();
    rig.write('savepoint.yml', pipeline('echo other >> trail.txt'));
    expect(await rig.resume(['--accept-changes', '--rerun', 'apart']).exitCode).toBe(0);
    expect([...rig.trail()].sort()).toEqual(['apart', 'b', 'c']);
  });

  test('does not keep what did not finish', async () => {
    await using rig = await failedRig();
    expect(await rig.resume(['--accept-changes']).exitCode).toBe(0);
    expect(rig.trail()).toEqual(['b', 'c']);
  });
});

describe('an option that names no step', () => {
  test.each(['--rerun', '--from', '--only'])('%s is refused with a suggestion', async (option) => {
    await using rig = await finishedRig();
    const resumed = rig.resume([option, 'apar']);
    expect(await resumed.exitCode).toBe(2);
    expect(resumed.stderr()).toContain('there is no step "apar" in savepoint.yml, did you mean "apart"?');
    expect(rig.trail()).toEqual([]);
  });
});

test('plan shows what a resume with options would do, and changes nothing', async () => {
  await using rig = await finishedRig();
  const journal = rig.read('.work/journal.jsonl');
  const plan = rig.cli(['plan', '--rerun', 'b', '--json']);
  expect(await plan.exitCode).toBe(0);
  const { steps } = JSON.parse(plan.stdout()) as { readonly steps: readonly object[] };
  expect(steps).toEqual([
    { step: 'a', name: 'a', do: 'keep', because: 'finished in attempt 1' },
    { step: 'b', name: 'b', do: 'run', because: 'asked for with --rerun' },
    { step: 'c', name: 'c', do: 'run', because: 'it needs "b", which runs again' },
    { step: 'apart', name: 'apart', do: 'keep', because: 'finished in attempt 1' },
  ]);
  expect(rig.trail()).toEqual([]);
  expect(rig.read('.work/journal.jsonl')).toBe(journal);
});
