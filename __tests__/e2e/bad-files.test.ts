import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newRig, type Rig } from '../rig/rig.js';

/** Nine nested lists of nine items each: 9⁹ items in all. */
const ALIAS_BOMB = Array.from({ length: 9 }, (_, level) => {
  const item = level === 0 ? 'x' : `*l${String(level - 1)}`;
  return `l${String(level)}: &l${String(level)} [${Array<string>(9).fill(item).join(', ')}]`;
}).join('\n');

/** Checks a refusal: exit code 2, the mistakes on standard error, and no other output. */
const refusalOf = async (rig: Rig, words: readonly string[] = ['run']): Promise<string> => {
  const program = rig.cli(words);
  expect(await program.exitCode).toBe(2);
  expect(program.stdout()).toBe('');
  expect(rig.has('.work')).toBe(false);
  expect(rig.trail()).toEqual([]);
  return program.stderr();
};

describe('a bad file is refused before anything runs, with a place and a code:', () => {
  test.each([
    ['YAML that is none', 'steps: [{ id: a, run: "unclosed }]', /^savepoint\.yml:1:\d+ .*\[[a-z-]+\]/],
    [
      'an unknown key',
      'steps:\n  - { run: echo, neds: a }',
      /^savepoint\.yml:2:18 unknown key "neds", did you mean "needs"\? \[unknown-key\]\n.*\n.*\^\^\^\^/,
    ],
    ['a wrong type', 'steps: { run: echo }', /^savepoint\.yml:1:8 /],
    ['no steps', 'name: empty', /^savepoint\.yml:1:1 .*steps/],
    ['a duplicate id', 'steps: [{ id: a, run: echo }, { id: a, run: echo }]', /"a"/],
    ['an unknown need', 'steps: [{ id: a, needs: [b], run: echo }]', /"b"/],
    ['a cycle', 'steps: [{ id: a, needs: b, run: echo }, { id: b, needs: a, run: echo }]', /a.*b/],
    ['a bad duration', 'steps: [{ run: echo, timeout: soon }]', /"soon"/],
    ['an expression in a script', 'steps: [{ run: "echo ${{ inputs.a }}" }]', /env:/],
    ['an unknown context', 'steps: [{ run: echo, env: { A: "${{ secret.a }}" } }]', /"secret"/],
    [
      'a step that is not upstream',
      'steps: [{ id: a, run: echo, env: { B: "${{ steps.b.outcome }}" } }, { id: b, run: echo }]',
      /"b"/,
    ],
    ['a kind that comes later', 'steps: [{ gate: { message: go? } }]', /not supported yet/],
    ['a NUL byte', 'steps:\n  - run: "echo \0"', /^savepoint\.yml:2:/],
    ['an alias bomb', ALIAS_BOMB, /savepoint\.yml:\d+:\d+ /],
    ['nothing', '', /steps/],
  ])('%s', async (_what, text, said) => {
    await using rig = await newRig({ 'savepoint.yml': text });
    const refusal = await refusalOf(rig);
    expect(refusal).toMatch(said);
    expect(refusal).toMatch(/\d+ mistakes?, nothing was run\n$/);
  });

  test('with Windows line ends and tabs in front, at the right place', async () => {
    await using rig = await newRig({ 'savepoint.yml': 'name: a\r\nsteps:\r\n  - run: echo\r\n    neds: a\r\n' });
    expect(await refusalOf(rig)).toMatch(/^savepoint\.yml:4:5 unknown key/);
  });

  test('all mistakes at once', async () => {
    await using rig = await newRig({
      'savepoint.yml':
        'nam: a\nsteps:\n  - { rnu: echo }\n  - { run: echo, timeout: 5 }\n  - { run: echo, needs: x }\n',
    });
    const refusal = await refusalOf(rig);
    for (const line of [1, 3, 4, 5]) expect(refusal).toMatch(new RegExp(`^savepoint\\.yml:${String(line)}:`, 'm'));
  });

  test('also by resume, plan and validate', async () => {
    await using rig = await newRig({ 'savepoint.yml': 'steps: [{ rnu: echo }]' });
    for (const command of ['resume', 'plan', 'validate']) expect(await refusalOf(rig, [command])).toContain('"rnu"');
  });
});

test('a file with Windows line ends and a byte order mark is a good one', async () => {
  await using rig = await newRig({ 'savepoint.yml': '\uFEFFsteps:\r\n  - run: echo a >> trail.txt\r\n' });
  expect(await rig.run().exitCode).toBe(0);
  expect(rig.trail().map((line) => line.trim())).toEqual(['a']);
});

describe('a file that cannot be had is refused:', () => {
  test('none', async () => {
    await using rig = await newRig({});
    const refusal = await refusalOf(rig);
    expect(refusal).toContain('savepoint.yml, .github/savepoint.yml, pipeline.yml, .github/pipeline.yml');
    expect(refusal).toContain('savepoint init');
  });

  test('a missing one that is named', async () => {
    await using rig = await newRig({});
    expect(await refusalOf(rig, ['run', 'ci/absent.yml'])).toContain('there is no file "ci/absent.yml"');
  });

  test('a directory', async () => {
    await using rig = await newRig({});
    mkdirSync(join(rig.workspace, 'savepoint.yml'));
    expect(await refusalOf(rig)).toContain('is a directory');
    expect(await refusalOf(rig, ['run', '.'])).toContain('is a directory');
  });

  test('one that cannot be read', async () => {
    await using rig = await newRig({});
    symlinkSync('savepoint.yml', join(rig.workspace, 'savepoint.yml'));
    expect(await refusalOf(rig)).toContain('"savepoint.yml" cannot be read: ');
  });

  test('one whose path goes through a file', async () => {
    await using rig = await newRig({ file: '' });
    expect(await refusalOf(rig, ['run', 'file/savepoint.yml'])).toContain('file/savepoint.yml');
  });

  test('one of 10 MB', async () => {
    await using rig = await newRig({ 'savepoint.yml': `# ${'x'.repeat(10_000_000)}\nsteps: [{ run: echo }]\n` });
    expect(await refusalOf(rig)).toContain('larger than 4 MiB');
  });
});
