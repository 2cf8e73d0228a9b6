import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { until } from '../machine/until.js';
import { newRig, SHIPPED } from '../rig/rig.js';

describe('what a step writes', () => {
  test('comes out live, and is stored', async () => {
    await using rig = await newRig({ 'savepoint.yml': 'steps: [{ id: a, run: puppet a }]' });
    const run = rig.run();
    const a = await rig.puppet('a').nextInvocation();
    await a.print('half a line');
    await until(() => run.stdout().endsWith('half a line'));
    await a.print(', whole now\n', 'stderr');
    await until(() => run.stdout().endsWith('half a line, whole now\n'));
    expect(rig.log('a')).toBe('half a line, whole now\n');
    a.exit(0);
    expect(await run.exitCode).toBe(0);
  });

  test('may be any bytes: they are on standard output and in the log as they were', async () => {
    await using rig = await newRig({
      'savepoint.yml': String.raw`
steps: [{ id: a, run: "printf 'a\\377\\376\\000\\r\\303(\\303\\244\\033[1mb\\n\\200end'" }]
`,
    });
    const run = rig.run();
    expect(await run.exitCode).toBe(0);
    const bytes = Buffer.from('61fffe000dc328c3a41b5b316d620a80656e64', 'hex');
    expect(readFileSync(join(rig.workspace, '.work/logs/a.log'))).toEqual(bytes);
    expect(run.stdoutBytes().includes(bytes)).toBe(true);
  });

  test('on standard output and standard error keeps its order', async () => {
    await using rig = await newRig({
      'savepoint.yml': 'steps: [{ id: a, run: "for i in $(seq 300); do echo out $i; echo err $i >&2; done" }]',
    });
    const run = rig.run();
    expect(await run.exitCode).toBe(0);
    const expected = Array.from({ length: 300 }, (_, i) => `out ${String(i + 1)}\nerr ${String(i + 1)}\n`).join('');
    expect(rig.log('a')).toBe(expected);
    expect(run.stdout()).toContain(expected);
  });

  test('may go to /dev/stdout and /dev/stderr', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - { id: a, run: "echo 1 > /dev/stderr; echo 2 > /dev/stdout; echo 3 >> /dev/stderr; echo 4 | tee /dev/stderr" }
`,
    });
    expect(await rig.run().exitCode).toBe(0);
    expect(rig.log('a')).toBe('1\n2\n3\n4\n4\n');
  });

  test('to each stream is there for expressions, apart', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - { id: a, run: echo out; echo err >&2; exit 3, continue_on_error: true }
  - id: b
    env: { SEEN: "\${{ steps.a.output.stdout }}/\${{ steps.a.output.stderr }}/\${{ steps.a.output.exit_code }}" }
    run: printf '%s' "$SEEN" > seen.txt
`,
    });
    expect(await rig.run().exitCode).toBe(0);
    expect(rig.read('seen.txt').replaceAll('\n', '')).toBe('out/err/3');
  });

  test('is stored again in each attempt, next to the earlier one', async () => {
    await using rig = await newRig({
      'savepoint.yml': 'steps: [{ id: a, run: "echo resumed: $SAVEPOINT_RESUMED; test -e fixed" }]',
    });
    await rig.run().exitCode;
    rig.write('fixed', '');
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.log('a')).toBe('resumed: true\n');
    const logs = rig.cli(['logs', 'a']);
    await logs.exitCode;
    expect(logs.stdout()).toBe('resumed: true\n');
  });
});

describe('steps that run at the same time', () => {
  test('have their path before each line, and no line of one breaks that of another', async () => {
    await using rig = await newRig({
      'savepoint.yml':
        'steps: [{ id: sides, parallel: [{ id: left, run: puppet left }, { id: right, run: puppet right }] }]',
    });
    const run = rig.run();
    const [left, right] = await Promise.all([
      rig.puppet('left').nextInvocation(),
      rig.puppet('right').nextInvocation(),
    ]);
    await left.print('begun ');
    await right.print('one\ntwo\n');
    await until(() => run.stdout().includes('two'));
    await left.print('ended\n');
    await until(() => run.stdout().includes('ended'));
    await right.print('no line end');
    left.exit(0);
    right.exit(0);
    expect(await run.exitCode).toBe(0);
    expect(run.stdout()).toMatch(/^sides\/right \| one\nsides\/right \| two\nsides\/left \| begun ended\n/m);
    expect(run.stdout()).toContain('sides/right | no line end\n');
    expect(rig.log('sides/left')).toBe('begun ended\n');
    expect(rig.log('sides/right')).toBe('one\ntwo\nno line end');
  });
});

test('what goes beyond 64 MiB is not stored, and the log ends with a mark that says so', async () => {
  const CAP_BYTES = 64 * 1024 * 1024;
  await using rig = await newRig({
    'savepoint.yml': `
steps:
  - { id: large, shell: sh, run: "yes 'a line of some length, as tools that build things write them' | head -c ${String(CAP_BYTES + 1_000_000)}" }
`,
  });
  const run = rig.run([], { forgetStdout: true });
  expect(await run.exitCode).toBe(0);
  const mark = '[savepoint: output beyond 64 MiB is not stored]\n';
  const log = join(rig.workspace, '.work/logs/large.log');
  expect(readFileSync(log).subarray(CAP_BYTES).toString()).toContain(mark);
  expect(statSync(log).size).toBeLessThanOrEqual(CAP_BYTES + mark.length + 1);
});

test('a reader that goes away does not stop a run', async () => {
  await using rig = await newRig({
    'savepoint.yml': 'steps: [{ id: a, run: seq 100000 }, { id: b, run: echo b >> trail.txt }]',
    'pipe.sh': '#!/bin/bash\nset -o pipefail\n"$@" | head -n 1\n',
    'outer.yml': 'steps: [{ run: ./pipe.sh "$NODE" "$PROGRAM" run --work-dir inner }]',
  });
  const run = rig.run(['outer.yml'], { env: { NODE: process.execPath, PROGRAM: SHIPPED } });
  expect(await run.exitCode, run.stdout()).toBe(0);
  expect(rig.trail()).toEqual(['b']);
});
