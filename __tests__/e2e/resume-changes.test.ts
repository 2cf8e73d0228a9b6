import { describe, expect, test } from 'vitest';
import { newRig, type Rig } from '../rig/rig.js';

/** Lines of a pipeline in which `subject` and `after` finish and `last` fails until a file `fixed` exists. */
type Lines = {
  /** At the top of the file. */
  readonly top?: string;
  /** On the group around `subject`. */
  readonly group?: string;
  /** On `subject`. */
  readonly subject?: string;
  readonly script?: string;
};

const pipelineOf = ({ top = '', group = '', subject = '', script = 'echo subject >> trail.txt' }: Lines): string => `
${top}
steps:
  - id: group
    ${group}
    steps:
      - id: before
        run: echo before >> trail.txt
      - id: subject
        ${subject}
        run: ${script}
  - id: after
    parallel: [{ id: inner, run: echo after >> trail.txt }]
  - id: last
    run: echo last >> trail.txt; test -e fixed
`;

const FILES = { 'data/a.txt': 'a', 'tool/keep': '' };

/** A rig in which a first run of the pipeline has failed at its last step. */
const failedRig = async (lines: Lines, args: readonly string[] = []): Promise<Rig> => {
  const rig = await newRig({ ...FILES, 'savepoint.yml': pipelineOf(lines) });
  expect(await rig.run(args).exitCode).toBe(1);
  rig.trail();
  rig.write('fixed', '');
  return rig;
};

type Change = readonly [what: string, before: Lines, now: Lines];

describe('a finished step runs again, and what follows it, when there is another', () => {
  test.each<readonly [...Change, because: string]>([
    ['script', {}, { script: 'echo subject >> trail.txt; true' }, 'its definition changed'],
    ['shell', {}, { subject: 'shell: sh' }, 'its definition changed'],
    ['kind', {}, { script: '', subject: 'commands: [echo subject >> trail.txt]' }, 'its definition changed'],
    ['working directory', {}, { subject: 'working_directory: tool/..' }, 'its working directory changed'],
    ['env of the step', { subject: 'env: { A: 1 }' }, { subject: 'env: { A: 2 }' }, 'its env changed'],
    ['name in the env of the step', { subject: 'env: { A: 1 }' }, { subject: 'env: { B: 1 }' }, 'its env changed'],
    ['glob it reads', {}, { subject: 'reads: data/*' }, 'a file it reads changed'],
  ])('%s', async (...[, before, now, because]) => {
    await using rig = await failedRig(before);
    rig.write('savepoint.yml', pipelineOf(now).replace(/^ *run: \n/m, ''));
    const resumed = rig.resume();
    expect(await resumed.exitCode, resumed.stderr()).toBe(0);
    expect(rig.trail()).toEqual(['subject', 'after', 'last']);
    expect(resumed.stdout()).toContain(`subject… (${because})`);
    expect(resumed.stdout()).toContain('inner… (it needs "group", which runs again)');
  });

  test.each<Change>([
    ['env of the group', { group: 'env: { A: 1 }' }, { group: 'env: { A: 2 }' }],
    ['env of the pipeline', { top: 'env: { A: 1 }' }, { top: 'env: { A: 2 }' }],
  ])('%s, in all of its steps', async (_what, before, now) => {
    await using rig = await failedRig(before);
    rig.write('savepoint.yml', pipelineOf(now));
    const resumed = rig.resume();
    expect(await resumed.exitCode).toBe(0);
    expect(rig.trail()).toEqual(['before', 'subject', 'after', 'last']);
    expect(resumed.stdout()).toContain('before… (its env changed)');
  });

  test('value in its env that an earlier step made', async () => {
    const pipeline = (number: number): string => `
steps:
  - { id: make, run: echo "number=${String(number)}" >> "$GITHUB_OUTPUT" }
  - { id: apart, needs: [], run: echo apart >> trail.txt }
  - { id: use, needs: make, env: { N: "\${{ steps.make.outputs.number }}" }, run: echo "use $N" >> trail.txt }
  - { id: last, run: test -e fixed }
`;
    await using rig = await newRig({ 'savepoint.yml': pipeline(1) });
    expect(await rig.run().exitCode).toBe(1);
    rig.trail();
    rig.write('fixed', '');
    rig.write('savepoint.yml', pipeline(2));
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['use 2']);
  });
});

describe('what a finished step reads', () => {
  test('runs it again when its content changed, or a file came', async () => {
    for (const [path, text] of [
      ['data/a.txt', 'changed'],
      ['data/b.txt', 'new'],
    ] as const) {
      await using rig = await failedRig({ subject: 'reads: data/**' });
      rig.write(path, text);
      const resumed = rig.resume();
      expect(await resumed.exitCode).toBe(0);
      expect(resumed.stdout()).toContain('subject… (a file it reads changed)');
      expect(rig.trail()).toEqual(['subject', 'after', 'last']);
    }
  });

  test('keeps it when it was only written again', async () => {
    await using rig = await failedRig({ subject: 'reads: data/**' });
    rig.remove('data');
    rig.write('data/a.txt', 'a');
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['last']);
  });
});

test('a finished step runs again, and what follows it, when what it writes is gone', async () => {
  const script = 'echo subject >> trail.txt; mkdir -p out; touch out/a out/b';
  await using rig = await failedRig({ subject: 'writes: [out/a, out/b]', script });
  rig.remove('out/b');
  const resumed = rig.resume();
  expect(await resumed.exitCode).toBe(0);
  expect(resumed.stdout()).toContain('subject… (what it writes is gone: out/b)');
  expect(rig.trail()).toEqual(['subject', 'after', 'last']);
});

describe('inputs', () => {
  const lines: Lines = {
    top: 'inputs: { channel: { default: beta, enum: [beta, stable] }, count: { type: number } }',
    subject: 'env: { CHANNEL: "${{ inputs.channel }}" }',
    script: 'echo "subject $CHANNEL" >> trail.txt',
  };

  test('are remembered', async () => {
    await using rig = await failedRig(lines, ['--input', 'channel=stable']);
    expect(await rig.resume(['--rerun', 'group/subject']).exitCode).toBe(0);
    expect(rig.trail()).toEqual(['subject stable', 'after', 'last']);
  });

  test('that are given replace what is remembered, and only steps that use them run again', async () => {
    await using rig = await failedRig(lines, ['--input', 'channel=stable', '--input', 'count=1']);
    expect(await rig.resume(['--input', 'count=2', '--input', 'channel=beta']).exitCode).toBe(0);
    expect(rig.trail()).toEqual(['subject beta', 'after', 'last']);
    expect(rig.state()['inputs']).toEqual({ channel: 'beta', count: 2 });
  });

  test('that no step uses re-run nothing', async () => {
    await using rig = await failedRig(lines, ['--input', 'count=1']);
    expect(await rig.resume(['--input', 'count=2']).exitCode).toBe(0);
    expect(rig.trail()).toEqual(['last']);
  });

  test('are checked before a resume', async () => {
    await using rig = await failedRig(lines);
    const resumed = rig.resume(['--input', 'channel=gamma']);
    expect(await resumed.exitCode).toBe(2);
    expect(resumed.stderr()).toContain('stable');
    expect(rig.trail()).toEqual([]);
  });
});

describe('nothing finished runs again', () => {
  const SUBJECT = 'env: { A: 1, B: 2 }\n        name: Old';
  const before: Lines = { subject: SUBJECT };
  const changes: readonly (readonly [what: string, now: Lines])[] = [
    ['names', { top: 'name: other', subject: 'env: { A: 1, B: 2 }\n        name: New' }],
    ['timeouts', { ...before, top: 'defaults: { timeout: 30m }', group: 'timeout: 2h' }],
    ['idle timeouts and graces', { subject: `${SUBJECT}\n        idle_timeout: 1h\n        kill_grace: 1s` }],
    ['a mutex', { subject: `${SUBJECT}\n        mutex: door` }],
    ['continue_on_error', { subject: `${SUBJECT}\n        continue_on_error: true` }],
    ['how many run side by side, and failure modes', { ...before, top: 'max_parallel: 1\nfailure: keep_going' }],
    ['writes that are there', { subject: `${SUBJECT}\n        writes: data/a.txt` }],
    ['comments and blank lines', { ...before, top: '# why\n\n', group: '# more' }],
    ['the order of keys', { subject: 'name: Old\n        env: { B: 2, A: 1 }' }],
    ['how values are written', { subject: 'env: { "A": "1", B: "2" }' }],
  ];

  test('for names, limits, comments and how things are written', async () => {
    await using rig = await newRig({ ...FILES, 'savepoint.yml': pipelineOf(before) });
    expect(await rig.run().exitCode).toBe(1);
    rig.trail();
    for (const [what, now] of changes) {
      rig.write('savepoint.yml', pipelineOf(now));
      const resumed = rig.resume();
      expect([what, await resumed.exitCode, resumed.stderr(), rig.trail()]).toEqual([what, 1, '', ['last']]);
    }
  });

  test('for inherited variables', async () => {
    await using rig = await failedRig({});
    expect(await rig.resume([], { env: { SOMETHING: 'new' } }).exitCode).toBe(0);
    expect(rig.trail()).toEqual(['last']);
  });

  test('for a secret with a new value, wherever it is used', async () => {
    const lines: Lines = {
      top: 'secrets: [TOKEN]',
      group: 'env: { HEADER: "Bearer ${{ env.TOKEN }}" }',
      subject: 'env: { TOKEN: "${{ env.TOKEN }}", URL: "https://${{ env.TOKEN }}@example.org" }',
    };
    await using rig = await newRig({ ...FILES, 'savepoint.yml': pipelineOf(lines) });
    expect(await rig.run([], { env: { TOKEN: 'the-first-token' } }).exitCode).toBe(1);
    rig.trail();
    rig.write('fixed', '');
    expect(await rig.resume([], { env: { TOKEN: 'another-token' } }).exitCode).toBe(0);
    expect(rig.trail()).toEqual(['last']);
  });

  test('for what is different in every attempt of a run', async () => {
    const subject =
      'env: { A: "${{ run.id }} ${{ run.attempt }} ${{ run.resumed }}", B: "${{ github.run_attempt }} ${{ github.run_id }}" }';
    await using rig = await newRig({ ...FILES, 'savepoint.yml': pipelineOf({ subject }) });
    expect(await rig.run([], { env: { GITHUB_RUN_ATTEMPT: '1' } }).exitCode).toBe(1);
    rig.trail();
    rig.write('fixed', '');
    expect(await rig.resume([], { env: { GITHUB_RUN_ATTEMPT: '2' } }).exitCode).toBe(0);
    expect(rig.trail()).toEqual(['last']);
  });
});

describe('steps that were taken out or put in', () => {
  const withSteps = (...steps: readonly string[]): string => `steps:\n${steps.map((step) => `  - ${step}\n`).join('')}`;
  const [a, b, last] = [
    '{ id: a, run: echo a >> trail.txt }',
    '{ id: b, run: echo b >> trail.txt }',
    '{ id: last, run: echo last >> trail.txt; test -e fixed }',
  ];

  test('a new step in between runs, and what now needs it runs again', async () => {
    await using rig = await newRig({ 'savepoint.yml': withSteps(a, b, last) });
    expect(await rig.run().exitCode).toBe(1);
    rig.trail();
    rig.write('fixed', '');
    rig.write('savepoint.yml', withSteps(a, '{ id: new, run: echo new >> trail.txt }', b, last));
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['new', 'b', 'last']);
  });

  test('a step that needed a removed step runs again', async () => {
    await using rig = await newRig({ 'savepoint.yml': withSteps(a, b, last) });
    expect(await rig.run().exitCode).toBe(1);
    rig.trail();
    rig.write('fixed', '');
    rig.write('savepoint.yml', withSteps(b, last));
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['b', 'last']);
  });

  test('a finished run continues when a step was added at its end', async () => {
    await using rig = await newRig({ 'savepoint.yml': withSteps(a, b) });
    expect(await rig.run().exitCode).toBe(0);
    rig.trail();
    rig.write('savepoint.yml', withSteps(a, b, '{ id: c, run: echo c >> trail.txt }'));
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['c']);
  });

  test('edited steps of a finished run run again', async () => {
    await using rig = await newRig({ 'savepoint.yml': withSteps(a, b) });
    expect(await rig.run().exitCode).toBe(0);
    rig.trail();
    rig.write('savepoint.yml', withSteps(a, b.replace('echo b', 'echo B')));
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['B']);
  });
});
