import { describe, expect, test } from 'vitest';
import { until } from '../machine/until.js';
import { newRig, type Rig } from '../rig/rig.js';

const pipeline = `
steps:
  - { id: a, run: echo out; echo err >&2 }
  - { id: tolerated, continue_on_error: true, run: exit 2 }
  - { id: skipped, if: false, run: echo }
  - { id: g, parallel: [{ id: b, run: echo }, { id: c, run: test -e fixed }] }
outputs: { a: 1 }
`;

/** The journal as `--json` would print it. */
const journalOf = (rig: Rig): readonly object[] => rig.journal().map((event) => ({ ...event, hash: undefined }));

describe('--json', () => {
  test('prints the events of the journal on standard output, and everything else on standard error', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    const run = rig.run(['--json']);
    expect(await run.exitCode).toBe(1);
    expect(run.stdout().endsWith('}\n')).toBe(true);
    expect(run.events()).toEqual(JSON.parse(JSON.stringify(journalOf(rig))));
    expect(run.stderr()).toContain('[1/5] a…');
    expect(run.stderr()).toContain('out\nerr\n');
    expect(run.stderr()).toContain('savepoint failed');
  });

  test('of a resume prints the events of that attempt', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    await rig.run().exitCode;
    rig.write('fixed', '');
    const resumed = rig.resume(['--json']);
    expect(await resumed.exitCode).toBe(0);
    const expected = JSON.parse(JSON.stringify(journalOf(rig))) as readonly { readonly attempt: number }[];
    expect(resumed.events()).toEqual(expected.filter(({ attempt }) => attempt === 2));
    expect(resumed.events().map(({ type }) => type)).toEqual([
      'run_resumed',
      'plan_made',
      'step_restored',
      'step_restored',
      'step_skipped',
      'step_started',
      'step_restored',
      'step_started',
      'attempt_started',
      'step_succeeded',
      'step_succeeded',
      'run_succeeded',
    ]);
  });

  test('holds what steps write in no event that does not need it', async () => {
    await using rig = await newRig({ 'savepoint.yml': 'steps: [{ id: a, run: echo not-for-the-journal }]' });
    const run = rig.run(['--json']);
    await run.exitCode;
    expect(run.stdout()).not.toContain('"stdout"');
    expect(run.stderr()).toContain('not-for-the-journal');
  });

  test('can be read line by line while the run continues', async () => {
    await using rig = await newRig({ 'savepoint.yml': 'steps: [{ id: a, run: puppet a }]' });
    const run = rig.run(['--json']);
    const a = await rig.puppet('a').nextInvocation();
    await until(() => run.events().some(({ type }) => type === 'attempt_started'));
    expect(run.events().map(({ type }) => type)).toEqual([
      'run_started',
      'plan_made',
      'step_started',
      'attempt_started',
    ]);
    a.exit(0);
    expect(await run.exitCode).toBe(0);
  });
});

test('status --json prints the state file', async () => {
  await using rig = await newRig({ 'savepoint.yml': pipeline, fixed: '' });
  await rig.run().exitCode;
  const status = rig.cli(['status', '--json']);
  expect(await status.exitCode).toBe(0);
  expect(status.stdout()).toBe(rig.read('.work/pipeline-state.json'));
});
