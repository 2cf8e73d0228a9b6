import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { newRig, SHIPPED } from '../rig/rig.js';

const pipeline = `
name: Release
steps:
  - { id: a, name: Build it, run: echo building }
  - { id: b, if: inputs.extra, name: Extra, run: echo extra }
  - { id: c, name: Test it, continue_on_error: true, run: echo testing; exit 3 }
  - { id: g, name: Group, steps: [{ id: d, name: Ship it, run: 'echo shipping; test -e fixed' }] }
inputs: { extra: { type: boolean } }
`;

/** Output without the parts that differ from run to run. */
const steady = (text: string): string =>
  text.replaceAll(/\d+\.\d+s/g, '0.0s').replaceAll(/run \d{8}-\d{6}-\w+/g, 'run ID');

describe('a run shows', () => {
  test('a line before each step, its output, a table and what to do next', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    const run = rig.run();
    expect(await run.exitCode).toBe(1);
    expect(steady(run.stdout())).toBe(`Release run ID
[1/4] Build it…
building
- Extra skipped: its condition does not hold: inputs.extra
[3/4] Test it…
testing
! Test it failed after 0.0s: exit code 3 (tolerated, the run continues)
[4/4] Ship it…
shipping
✗ Ship it failed after 0.0s: exit code 1
✗ Group failed after 0.0s: exit code 1

   step       time  attempts  why
✓  Build it   0.0s         1
-  Extra                      its condition does not hold: inputs.extra
!  Test it    0.0s         1  tolerated: exit code 3
✗  Group      0.0s            exit code 1
✗    Ship it  0.0s         1  exit code 1

warning: "c" failed and was tolerated: exit code 3
✗ Release failed after 0.0s at Ship it (g/d): exit code 1
  log:     savepoint logs g/d
  resume:  savepoint resume (keeps 2 finished steps)
`);
    expect(run.stderr()).toBe('');
  });

  test('why each step is kept or runs, when it is a resume', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    await rig.run().exitCode;
    rig.write('fixed', '');
    const resumed = rig.resume();
    expect(await resumed.exitCode).toBe(0);
    expect(steady(resumed.stdout())).toBe(`Release run ID, attempt 2
↻ Build it kept: finished in attempt 1
↻ Test it kept: its failure in attempt 1 was tolerated
- Extra skipped: its condition does not hold: inputs.extra
[4/4] Ship it… (it failed last time)
shipping

   step       time  attempts  why
↻  Build it   0.0s         1  kept from attempt 1
-  Extra                      its condition does not hold: inputs.extra
↻  Test it    0.0s         1  kept from attempt 1
✓  Group      0.0s            a step in it runs
✓    Ship it  0.0s         1  it failed last time

warning: "c" failed and was tolerated: exit code 3
✓ Release succeeded with warnings in 0.0s (2 steps kept from before, saved 0.0s)
`);
  });

  test('only failures and the ending with --quiet', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    const run = rig.run(['--quiet']);
    expect(await run.exitCode).toBe(1);
    expect(run.stdout()).not.toContain('building');
    expect(run.stdout()).not.toContain('Build it');
    expect(run.stdout()).toContain('✗ Ship it failed');
    expect(run.stdout()).toContain('  | shipping');
    expect(run.stdout()).toContain('savepoint resume');
  });

  test('every reason and debug message with --verbose', async () => {
    await using rig = await newRig({ 'savepoint.yml': 'steps: [{ id: a, run: "echo ::debug::inner thoughts" }]' });
    const plain = rig.run();
    await plain.exitCode;
    const verbose = rig.run(['--verbose']);
    await verbose.exitCode;
    expect(plain.stdout()).not.toContain('inner thoughts');
    expect(verbose.stdout()).toContain('inner thoughts');
    expect(verbose.stdout()).toContain('a… (a fresh run)');
  });

  test('annotations of steps as they are meant', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - id: a
    run: |
      echo "::group::Findings"
      echo "::warning file=src/main.c,line=3::unused%0Avariable"
      echo "::endgroup::"
      echo "::error::broken"
      echo "::notice title=Hint::fine"
      echo "::set-output name=a::text"
`,
    });
    const run = rig.run();
    expect(await run.exitCode).toBe(0);
    expect(run.stdout()).toContain('Findings');
    expect(run.stdout()).toMatch(/warning: src\/main\.c:3:? unused/);
    expect(run.stdout()).toContain('error: broken');
    expect(run.stdout()).toContain('::set-output name=a::text');
    expect(run.stdout()).not.toContain('::warning');
    expect(rig.log('a')).toContain('::warning file=src/main.c,line=3::unused%0Avariable\n');
  });
});

describe('colours', () => {
  const ESCAPE = '\u001b[';
  const HAS_SCRIPT = spawnSync('script', ['--version']).status === 0;

  test('are never used where there is no terminal', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    const run = rig.run();
    await run.exitCode;
    expect(run.stdout() + run.stderr()).not.toContain(ESCAPE);
  });

  test.runIf(HAS_SCRIPT)('are used on a terminal, unless NO_COLOR or --no-color says otherwise', async () => {
    await using rig = await newRig({
      'savepoint.yml': pipeline,
      'outer.yml': 'steps: [{ id: a, run: script --quiet --command "$COMMAND" /dev/null }]',
    });
    const seen = async (words: string): Promise<boolean> => {
      const COMMAND = `${words.replace('savepoint', `'${process.execPath}' '${SHIPPED}'`)} run --work-dir inner || true`;
      const run = rig.run(['outer.yml'], { env: { COMMAND, TERM: 'xterm' } });
      expect(await run.exitCode).toBe(0);
      expect(run.stdout()).toContain('building');
      return run.stdout().includes(ESCAPE);
    };
    expect(await seen('savepoint')).toBe(true);
    expect(await seen('NO_COLOR=1 savepoint')).toBe(false);
    expect(await seen('savepoint --no-color')).toBe(false);
  });
});

test('what a step writes cannot pose as Savepoint: its line ends before ours begins', async () => {
  await using rig = await newRig({
    'savepoint.yml': 'steps: [{ id: a, name: First, run: printf "no line end" }, { id: b, run: echo }]',
  });
  const run = rig.run();
  await run.exitCode;
  expect(run.stdout()).toContain('no line end\n[2/2] b…');
});

test('control characters in names and reasons do not reach the terminal', async () => {
  await using rig = await newRig({
    'savepoint.yml': 'steps: [{ id: a, name: "red\\e[31m\\r name", run: exit 1 }]',
  });
  const run = rig.run();
  expect(await run.exitCode).toBe(1);
  expect(run.stdout()).not.toContain('\u001b');
  expect(run.stdout()).not.toContain('\r');
});
