import { describe, expect, test } from 'vitest';
import { nodes } from '../rig/nodes.js';
import { newRig } from '../rig/rig.js';

describe.each(nodes)('on %s', (_label, node) => {
  test('init writes a pipeline that runs, and run, status, logs and a resume work', async () => {
    await using rig = await newRig({});
    const results = [];
    for (const words of [['init'], ['validate'], ['plan'], ['run'], ['status'], ['logs'], ['resume']]) {
      const program = rig.cli(words, { node });
      results.push([words[0], await program.exitCode, program.stderr()]);
    }
    expect(results).toEqual(
      ['init', 'validate', 'plan', 'run', 'status', 'logs', 'resume'].map((word) => [word, 0, '']),
    );
    expect(rig.read('.work/reports/report.txt')).toMatch(/^\d+ files here\n$/);
  });

  test('a failed run resumes', async () => {
    await using rig = await newRig({
      'savepoint.yml': 'steps: [{ id: a, run: echo a >> trail.txt }, { id: b, run: test -e fixed }]',
    });
    expect(await rig.run([], { node }).exitCode).toBe(1);
    rig.write('fixed', '');
    expect(await rig.resume([], { node }).exitCode).toBe(0);
    expect(rig.trail()).toEqual(['a']);
  });
});

test('version prints the version', async () => {
  await using rig = await newRig({});
  for (const words of [['version'], ['--version']]) {
    const version = rig.cli(words);
    expect(await version.exitCode).toBe(0);
    expect(version.stdout()).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(version.stderr()).toBe('');
  }
});

test('help lists the commands, and explains one', async () => {
  await using rig = await newRig({});
  for (const words of [['help'], ['--help'], ['-h']]) {
    const help = rig.cli(words);
    expect(await help.exitCode).toBe(0);
    for (const command of ['run', 'resume', 'plan', 'validate', 'status', 'logs', 'init']) {
      expect(help.stdout()).toMatch(new RegExp(`^ +${command} `, 'm'));
    }
  }
  for (const words of [
    ['help', 'resume'],
    ['resume', '--help'],
  ]) {
    const help = rig.cli(words);
    expect(await help.exitCode).toBe(0);
    expect(help.stdout()).toContain('--accept-changes');
  }
});

test('a run of one Node version resumes on the other', async () => {
  await using rig = await newRig({
    'savepoint.yml': 'steps: [{ id: a, reads: data, run: echo a >> trail.txt }, { id: b, run: test -e fixed }]',
    'data/a': 'ä',
  });
  const [first, last] = [nodes[0]?.[1], nodes.at(-1)?.[1]];
  if (first === undefined || last === undefined) throw new Error('there is a Node');
  expect(await rig.run([], { node: first }).exitCode).toBe(1);
  rig.write('fixed', '');
  expect(await rig.resume([], { node: last }).exitCode).toBe(0);
  expect(rig.trail()).toEqual(['a']);
});

describe('the exit code is', () => {
  test.each([
    [0, 'a success', 'true'],
    [1, 'a failed step', 'exit 9'],
    [1, 'a step that took too long', 'sleep 1000'],
  ])('%i for %s', async (code, _what, script) => {
    await using rig = await newRig({ 'savepoint.yml': `steps: [{ timeout: 500ms, run: "${script}" }]` });
    expect(await rig.run().exitCode).toBe(code);
  });

  test.each([
    [['frobnicate'], 'unknown command "frobnicate"'],
    [['resum'], 'did you mean "resume"?'],
    [[], 'no command given'],
    [['run', '--jsn'], 'did you mean "--json"?'],
    [['run', '--rerun', 'a'], '--rerun belongs to resume'],
    [['run', '--input', 'nonsense'], 'nonsense'],
    [['run', '--max-parallel', '0'], '--max-parallel'],
    [['run', '--work-dir', ''], '--work-dir'],
    [['run', '--work-dir', '.'], 'work directory'],
    [['run', 'a.yml', 'b.yml'], 'b.yml'],
    [['run', '--quiet', '--verbose'], '--verbose'],
    [['resume', '--only', 'a', '--from', 'a'], '--from'],
    [['run', 'absent.yml'], 'there is no file "absent.yml"'],
    [['status', 'absent'], 'there is no run'],
    [['logs', 'absent'], 'there is no run'],
    [['help', 'absent'], 'absent'],
  ])('2 for %j, and says what is wrong', async (words, said) => {
    await using rig = await newRig({ 'savepoint.yml': 'steps: [{ id: a, run: echo a >> trail.txt }]' });
    const program = rig.cli(words);
    expect(await program.exitCode).toBe(2);
    expect(program.stderr()).toContain(said);
    expect(program.stdout()).toBe('');
    expect(rig.has('.work')).toBe(false);
    expect(rig.trail()).toEqual([]);
  });
});

describe('inputs', () => {
  const pipeline = `
inputs:
  text: { default: none }
  count: { type: number, default: 1 }
  sure: { type: boolean }
  mode: { enum: [fast, slow], default: fast }
steps:
  - id: a
    env: { ALL: "\${{ inputs.text }}|\${{ inputs.count }}|\${{ inputs.sure }}|\${{ inputs.mode }}|\${{ inputs.count == 2 }}" }
    run: echo "$ALL" >> trail.txt
`;

  test('have their type, their default, and may hold any text', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    expect(await rig.run().exitCode).toBe(0);
    const given = ['--input', 'text=a=b, "c" $(d)', '--input=count=2', '--input', 'sure=true', '--input', 'mode=slow'];
    expect(await rig.run(given).exitCode).toBe(0);
    expect(rig.trail()).toEqual(['none|1|false|fast|false', 'a=b, "c" $(d)|2|true|slow|true']);
  });

  test.each([
    ['count=two', 'number'],
    ['sure=maybe', 'true or false'],
    ['mode=medium', 'fast'],
    ['txet=x', 'did you mean "text"?'],
  ])('refuse %s', async (given, said) => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    const run = rig.run(['--input', given]);
    expect(await run.exitCode).toBe(2);
    expect(run.stderr()).toContain(said);
    expect(rig.trail()).toEqual([]);
  });
});

describe('validate', () => {
  test('says that a file is right, and runs nothing', async () => {
    await using rig = await newRig({ 'ci/a.yml': 'steps: [{ id: a, run: echo a >> trail.txt }]' });
    const program = rig.cli(['validate', 'ci/a.yml']);
    expect(await program.exitCode).toBe(0);
    expect(program.stdout()).toContain('ci/a.yml is valid: a, 1 step');
    expect(rig.trail()).toEqual([]);
    expect(rig.has('.work')).toBe(false);
  });

  test('gives mistakes as JSON', async () => {
    await using rig = await newRig({ 'savepoint.yml': 'steps: [{ id: a, rn: echo }]' });
    const program = rig.cli(['validate', '--json']);
    expect(await program.exitCode).toBe(2);
    const answer = JSON.parse(program.stdout()) as { readonly valid: boolean; readonly diagnostics: readonly object[] };
    expect(answer.valid).toBe(false);
    expect(answer.diagnostics.length).toBeGreaterThan(0);
  });
});

describe('plan', () => {
  test('of what has not run shows all steps, what and why, and runs nothing', async () => {
    await using rig = await newRig({
      'savepoint.yml':
        'steps: [{ id: a, name: First, run: echo a >> trail.txt }, { id: g, steps: [{ id: b, run: echo }] }]',
    });
    const plan = rig.cli(['plan']);
    expect(await plan.exitCode).toBe(0);
    expect(plan.stdout()).toMatch(/^run +First +a +a fresh run$/m);
    expect(plan.stdout()).toMatch(/^run +b +g\/b +a fresh run$/m);
    expect(plan.stdout()).toContain('2 steps: 2 to run');
    expect(rig.has('.work')).toBe(false);
    expect(rig.trail()).toEqual([]);
  });

  test('of a failed run is what the resume then does', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - { id: a, run: echo a >> trail.txt }
  - { id: b, run: echo b >> trail.txt; test -e fixed }
  - { id: c, run: echo c >> trail.txt }
`,
    });
    await rig.run().exitCode;
    rig.trail();
    const plan = rig.cli(['plan', '--json']);
    expect(await plan.exitCode).toBe(0);
    const { steps } = JSON.parse(plan.stdout()) as { readonly steps: readonly { step: string; do: string }[] };
    expect(steps.map((step) => `${step.do} ${step.step}`)).toEqual(['keep a', 'run b', 'run c']);
    rig.write('fixed', '');
    await rig.resume().exitCode;
    expect(rig.trail()).toEqual(['b', 'c']);
  });
});

describe('logs', () => {
  const pipeline = `
steps:
  - { id: a, run: echo of a }
  - { id: g, steps: [{ id: b, run: echo of b }, { id: silent, run: "true" }] }
`;

  test('prints one step, a group, or all', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    await rig.run().exitCode;
    const print = async (...words: readonly string[]): Promise<string> => {
      const program = rig.cli(['logs', ...words]);
      expect(await program.exitCode).toBe(0);
      return program.stdout();
    };
    expect(await print('a')).toBe('of a\n');
    expect(await print('g/b')).toBe('of b\n');
    expect(await print('g')).toContain('of b\n');
    expect(await print()).toMatch(/a\nof a\n.*g\/b\nof b\n/s);
  });

  test('prints those of an earlier run', async () => {
    await using rig = await newRig({ 'savepoint.yml': 'steps: [{ id: a, run: echo "of $SAVEPOINT_RUN_ID" }]' });
    await rig.run(['--run-id', 'first']).exitCode;
    await rig.run(['--run-id', 'second']).exitCode;
    const logs = rig.cli(['logs', 'a', '--run-id', 'first']);
    expect(await logs.exitCode).toBe(0);
    expect(logs.stdout()).toBe('of first\n');
  });

  test('of an unknown step suggests one', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    await rig.run().exitCode;
    const logs = rig.cli(['logs', 'g/bb']);
    expect(await logs.exitCode).toBe(2);
    expect(logs.stderr()).toContain('did you mean "g/b"?');
  });
});

describe('init', () => {
  test('never overwrites a pipeline', async () => {
    await using rig = await newRig({ '.github/pipeline.yml': 'steps: []' });
    const init = rig.cli(['init']);
    expect(await init.exitCode).toBe(2);
    expect(init.stderr()).toContain('.github/pipeline.yml');
    expect(rig.has('savepoint.yml')).toBe(false);
  });
});

test('the first of the usual places is where a pipeline is found', async () => {
  const places = ['savepoint.yml', '.github/savepoint.yml', 'pipeline.yml', '.github/pipeline.yml'];
  await using rig = await newRig(
    Object.fromEntries(places.map((place) => [place, `steps: [{ run: echo ${place} >> trail.txt }]`])),
  );
  for (const place of places) {
    expect(await rig.run().exitCode).toBe(0);
    rig.remove(place);
  }
  expect(rig.trail()).toEqual(places);
});
