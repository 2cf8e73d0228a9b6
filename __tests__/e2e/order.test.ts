import { describe, expect, test } from 'vitest';
import { newRig } from '../rig/rig.js';

/** A script that fails if another step runs it at the same time. */
const ALONE = 'mkdir inside && sleep 0.05 && rmdir inside';

/** A script that fails if two other steps run it at the same time. */
const AT_MOST_TWO = `
          for seat in seat-1 seat-2; do
            if mkdir $seat 2> /dev/null; then sleep 0.05; rmdir $seat; exit 0; fi
          done
          exit 1`;

const repeat = (count: number, step: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => step(index + 1)).join('\n');

describe('steps', () => {
  test('run one after the other', async () => {
    await using rig = await newRig({
      'savepoint.yml': `steps:\n${repeat(4, (n) => `  - run: ${ALONE}; echo ${String(n)} >> trail.txt`)}`,
    });
    expect(await rig.run().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['1', '2', '3', '4']);
  });

  test('start together where they need nothing, and wait for all they need', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
max_parallel: 3
steps:
  - { id: a, run: puppet a }
  - { id: b, needs: [], run: puppet b }
  - { id: c, needs: [], run: puppet c }
  - { id: d, needs: [a, b, c], run: echo d >> trail.txt }
`,
    });
    const run = rig.run();
    const started = await Promise.all(['a', 'b', 'c'].map((name) => rig.puppet(name).nextInvocation()));
    started[2]?.exit(0);
    started[0]?.exit(0);
    await rig.untilSettled('a');
    await rig.untilSettled('c');
    expect(rig.trail()).toEqual([]);
    started[1]?.exit(0);
    expect(await run.exitCode).toBe(0);
    expect(rig.trail()).toEqual(['d']);
  });

  test('may need steps that stand further down', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - { id: last, needs: first, run: echo last >> trail.txt }
  - { id: first, needs: [], run: echo first >> trail.txt }
`,
    });
    expect(await rig.run().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['first', 'last']);
  });
});

describe('a parallel', () => {
  test('starts its steps together and waits for all of them, also after a failure', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
max_parallel: 2
steps:
  - { id: both, parallel: [{ id: a, run: puppet a }, { id: b, run: puppet b }] }
  - { id: after, run: echo after >> trail.txt }
`,
    });
    const run = rig.run();
    const [a, b] = await Promise.all([rig.puppet('a').nextInvocation(), rig.puppet('b').nextInvocation()]);
    a.exit(1);
    await rig.untilSettled('both/a');
    b.exit(0);
    expect(await run.exitCode).toBe(1);
    expect(rig.statuses()).toEqual({ both: 'failed', 'both/a': 'failed', 'both/b': 'succeeded', after: 'skipped' });
  });

  test('keeps the order within the groups it holds', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
max_parallel: 2
steps:
  - parallel:
      - { id: left, steps: [{ run: echo left-1 >> trail.txt }, { run: echo left-2 >> trail.txt }] }
      - { id: right, steps: [{ run: echo right-1 >> trail.txt }, { run: echo right-2 >> trail.txt }] }
`,
    });
    expect(await rig.run().exitCode).toBe(0);
    const trail = rig.trail();
    expect(trail.filter((step) => step.startsWith('left'))).toEqual(['left-1', 'left-2']);
    expect(trail.filter((step) => step.startsWith('right'))).toEqual(['right-1', 'right-2']);
  });
});

describe('at most so many processes run at a time', () => {
  const wide = (top: string, script: string): string =>
    `
${top}
steps:
  - parallel:
${repeat(5, (n) => `      - { id: s${String(n)}, parallel: [{ run: *script }] }`)}
`.replace('{ run: *script }', `{ run: &script "${script.replaceAll('\n', '\\n')}" }`);

  test('as the file says', async () => {
    await using rig = await newRig({ 'savepoint.yml': wide('max_parallel: 1', ALONE) });
    expect(await rig.run().exitCode).toBe(0);
  });

  test('as the command line says, which wins', async () => {
    await using rig = await newRig({ 'savepoint.yml': wide('max_parallel: 5', AT_MOST_TWO) });
    expect(await rig.run(['--max-parallel', '2']).exitCode).toBe(0);
  });

  test('and as many do, where there is work: two at least', async () => {
    await using rig = await newRig({
      'savepoint.yml': 'steps: [{ parallel: [{ id: a, run: puppet a }, { id: b, run: puppet b }] }]',
    });
    const run = rig.run();
    const both = await Promise.all([rig.puppet('a').nextInvocation(), rig.puppet('b').nextInvocation()]);
    both.forEach((one) => one.exit(0));
    expect(await run.exitCode).toBe(0);
  });
});

test('steps that share a mutex never overlap, wherever they stand', async () => {
  await using rig = await newRig({
    'savepoint.yml': `
max_parallel: 6
steps:
  - parallel:
${repeat(3, (n) => `      - { id: s${String(n)}, mutex: door, run: ${ALONE} }`)}
      - { id: group, steps: [{ mutex: door, run: ${ALONE} }] }
      - { id: whole, mutex: door, steps: [{ run: mkdir inside }, { run: sleep 0.05 }, { run: rmdir inside }] }
`,
  });
  expect(await rig.run().exitCode).toBe(0);
});
