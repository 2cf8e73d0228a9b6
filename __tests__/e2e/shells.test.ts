import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { newRig } from '../rig/rig.js';

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

/** Runs one step; returns the exit code that Savepoint reports, and the step's output. */
const runStep = async (lines: string): Promise<{ readonly code: unknown; readonly log: string }> => {
  await using rig = await newRig({ 'savepoint.yml': `steps:\n  - id: a\n${lines.replace(/^/gm, '    ')}` });
  await rig.run().exitCode;
  const [code] = rig.journal().flatMap((event) => ('exit_code' in event ? [event.exit_code] : []));
  return { code, log: rig.has('.work/logs/a.log') ? rig.log('a') : '' };
};

describe('a script runs in', () => {
  test('bash by default, which stops at the first failure, in pipes too', async () => {
    expect(await runStep('run: |\n  [[ 1 == 1 ]] && echo bash\n  false | true\n  echo never')).toEqual({
      code: 1,
      log: 'bash\n',
    });
    expect(await runStep('run: |\n  false\n  echo never')).toEqual({ code: 1, log: '' });
  });

  test('sh, which stops at the first failure', async () => {
    expect(await runStep('shell: sh\nrun: |\n  false | true\n  echo so far\n  false\n  echo never')).toEqual({
      code: 1,
      log: 'so far\n',
    });
  });

  test('node, as a module', async () => {
    const script = `run: |\n  import { sep } from 'node:path';\n  console.log(await sep);\n  process.exit(5);`;
    expect(await runStep(`shell: node\n${script}`)).toEqual({ code: 5, log: '/\n' });
  });

  test.runIf(has('python3'))('python', async () => {
    expect(await runStep('shell: python\nrun: |\n  import sys\n  print(6 * 7)\n  sys.exit(4)')).toEqual({
      code: 4,
      log: '42\n',
    });
  });

  test('any command with the script file in its place', async () => {
    expect(await runStep('shell: cat -n {0}\nrun: |\n  one\n  two')).toEqual({
      code: 0,
      log: '     1\tone\n     2\ttwo\n',
    });
  });

  test('the shell of its group, or of the file', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
defaults: { shell: cat {0} }
steps:
  - { id: file, run: from the file }
  - { id: group, shell: sh, steps: [{ id: inner, run: echo from the group }] }
`.replace('cat {0}', '"cat {0}"'),
    });
    expect(await rig.run().exitCode).toBe(0);
    expect(rig.log('file').trim()).toBe('from the file');
    expect(rig.log('group/inner')).toBe('from the group\n');
  });

  test('nothing, when its shell is not there: an error with exit code 127 that names it', async () => {
    await using rig = await newRig({ 'savepoint.yml': 'steps: [{ id: a, shell: "no-such-shell {0}", run: echo }]' });
    const run = rig.run();
    expect(await run.exitCode).toBe(1);
    expect(rig.state()['results']).toMatchObject([{ step: 'a', status: 'errored', exit_code: 127 }]);
    expect(run.stdout()).toContain('no-such-shell');
  });
});

test('the exit code of a step is that of its script, also when a signal ended that', async () => {
  const scripts: readonly (readonly [script: string, code: number])[] = [
    ['exit 0', 0],
    ['exit 7', 7],
    ['exit 255', 255],
    ['kill -TERM $$', 143],
    ['kill -KILL $$', 137],
    ['no_such_command', 127],
  ];
  const steps = scripts.map(([script], index) => `  - { id: s${String(index)}, needs: [], run: ${script} }\n`);
  await using rig = await newRig({ 'savepoint.yml': `failure: keep_going\nsteps:\n${steps.join('')}` });
  expect(await rig.run().exitCode).toBe(1);
  const results = rig.state()['results'] as readonly { readonly exit_code: number }[];
  expect(results.map((result) => result.exit_code)).toEqual(scripts.map(([, code]) => code));
});

describe('commands', () => {
  test('have a shell each, and stop at the first that fails', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - id: a
    commands:
      - cd tools; LOCAL=1; echo one >> ../trail.txt
      - echo "two $(basename "$PWD") $LOCAL" >> trail.txt; exit 6
      - echo three >> trail.txt
`,
      'tools/keep': '',
    });
    expect(await rig.run().exitCode).toBe(1);
    expect(rig.trail()).toEqual(['one', 'two workspace ']);
    expect(rig.state()['results']).toMatchObject([{ step: 'a', exit_code: 6, error: 'exit code 6' }]);
  });

  test('fail when one in the middle does', async () => {
    await using rig = await newRig({ 'savepoint.yml': 'steps: [{ id: a, commands: ["true", "false", "true"] }]' });
    expect(await rig.run().exitCode).toBe(1);
    expect(rig.statuses()).toEqual({ a: 'failed' });
  });
});

test('a script with quotes, Unicode, a heredoc and a very long line runs as it is written', async () => {
  const long = 'x'.repeat(300_000);
  await using rig = await newRig({
    'savepoint.yml': `
steps:
  - id: a
    run: |
      echo "it's \\"quoted\\" \\$HOME \`echo ticks\` ünïcode 漢字 🚀"
      cat <<'END'
        \${NOT_EXPANDED} $(nor this)
      END
      long=${long}; echo "\${#long}"
`,
  });
  expect(await rig.run().exitCode).toBe(0);
  expect(rig.log('a')).toBe(
    `it's "quoted" $HOME ticks ünïcode 漢字 🚀\n  \${NOT_EXPANDED} $(nor this)\n${String(long.length)}\n`,
  );
});
