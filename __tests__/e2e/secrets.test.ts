import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Program } from '../rig/program.js';
import { newRig, type Rig } from '../rig/rig.js';

const SECRET = 'correct horse/battery+staple?';
const ENV = { env: { TOKEN: SECRET } };

/** Everything that Savepoint has stored, with the names of the files. */
const stored = (rig: Rig): string =>
  readdirSync(join(rig.workspace, '.work'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => `${path}\n${readFileSync(path, 'latin1')}`)
    .join('\n');

/** Everything of a run that is visible to people who may not know the secret. */
const visible = (rig: Rig, ...programs: readonly Program[]): string =>
  [stored(rig), ...programs.flatMap((program) => [program.stdout(), program.stderr()])].join('\n');

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a secret', () => {
  test('is masked in output, whole and within lines', async () => {
    await using rig = await newRig({
      'savepoint.yml': 'secrets: [TOKEN]\nsteps: [{ id: a, run: \'echo "before $TOKEN after"; echo "$TOKEN" >&2\' }]',
    });
    const run = rig.run([], ENV);
    expect(await run.exitCode).toBe(0);
    expect(rig.log('a')).toBe('before *** after\n***\n');
    expect(run.stdout()).toContain('before *** after\n***\n');
    expect(visible(rig, run)).not.toContain(SECRET);
  });

  test('is masked when it is split over several writes', async () => {
    await using rig = await newRig({ 'savepoint.yml': 'secrets: [TOKEN]\nsteps: [{ id: a, run: puppet a }]' });
    const run = rig.run([], ENV);
    const a = await rig.puppet('a').nextInvocation();
    for (const character of `<${SECRET}>`) await a.print(character);
    a.exit(0);
    expect(await run.exitCode).toBe(0);
    expect(rig.log('a')).toBe('<***>');
    expect(visible(rig, run)).not.toContain('battery');
  });

  test('that has several lines is masked line by line and as a whole', async () => {
    await using rig = await newRig({
      'savepoint.yml':
        'secrets: [KEY]\nsteps: [{ id: a, run: \'echo "$KEY"; echo "$KEY" | tail -n 1; echo "[$KEY]"\' }]',
    });
    const run = rig.run([], { env: { KEY: 'first-line-of-it\nsecond-line-of-it\n' } });
    expect(await run.exitCode).toBe(0);
    expect(visible(rig, run)).not.toMatch(/line-of-it/);
  });

  test('is masked as base64, in URLs and as JSON', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
secrets: [TOKEN]
steps:
  - id: a
    shell: node
    run: |
      import { Buffer } from 'node:buffer';
      const token = process.env.TOKEN;
      for (const before of ['', 'x', 'xy']) console.log(Buffer.from(before + token).toString('base64'));
      console.log(encodeURIComponent(token), new URLSearchParams({ token }).toString());
      console.log(JSON.stringify({ token: token + '"' }));
`,
    });
    const run = rig.run([], ENV);
    expect(await run.exitCode).toBe(0);
    const seen = visible(rig, run);
    expect(seen).not.toContain(SECRET);
    expect(seen).not.toContain(base64(SECRET));
    expect(seen).not.toContain(encodeURIComponent(SECRET));
    for (const before of ['', 'x', 'xy']) expect(seen).not.toContain(base64(`${before}${SECRET}`).slice(4, -4));
    expect(rig.log('a').match(/\*\*\*/g)).toHaveLength(6);
  });

  test('named by ::add-mask:: is one from then on, in other steps too', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - { id: a, run: "echo before made-up-secret; echo '::add-mask::made-up-secret'; echo after made-up-secret" }
  - { id: b, run: echo still made-up-secret }
`,
    });
    const run = rig.run();
    expect(await run.exitCode).toBe(0);
    expect(rig.log('a')).toBe('before made-up-secret\nafter ***\n');
    expect(rig.log('b')).toBe('still ***\n');
    expect(run.stdout()).not.toContain('::add-mask::');
  });

  test('that the env of a step gives is one', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
secrets: [DERIVED]
steps: [{ id: a, env: { DERIVED: "\${{ inputs.part }}-of-it" }, run: echo "$DERIVED" }]
inputs: { part: { default: first } }
`,
    });
    const run = rig.run(['--input', 'part=hidden']);
    expect(await run.exitCode).toBe(0);
    expect(rig.log('a')).toBe('***\n');
    expect(visible(rig, run)).not.toContain('hidden-of-it');
  });

  test('is in no name, reason, error, annotation, summary or event', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
secrets: [TOKEN]
inputs: { given: { type: string } }
steps:
  - id: a
    name: "deploy \${{ inputs.given }} \${{ env.TOKEN }}"
    env: { COPY: "\${{ env.TOKEN }}" }
    run: |
      echo "::error title=$TOKEN::it is $TOKEN"
      echo "# $TOKEN" >> "$GITHUB_STEP_SUMMARY"
      echo "$TOKEN" >> "$GITHUB_OUTPUT"
  - id: b
    if: always() && env.TOKEN != 'x'
    working_directory: "\${{ env.TOKEN }}"
    run: echo never
`,
    });
    const run = rig.run(['--input', `given=${SECRET}`, '--json'], ENV);
    expect(await run.exitCode).toBe(1);
    const status = rig.cli(['status'], ENV);
    expect(await status.exitCode).toBe(0);
    const seen = visible(rig, run, status);
    expect(seen).toContain('***');
    expect(seen).not.toContain(SECRET);
    expect(seen).not.toContain(encodeURIComponent(SECRET));
  });
});

describe('an output or export that holds a secret', () => {
  const pipeline = `
secrets: [TOKEN]
steps:
  - id: make
    run: |
      echo make >> trail.txt
      echo "login=user:$TOKEN" >> "$GITHUB_OUTPUT"
      echo "plain=7" >> "$GITHUB_OUTPUT"
      echo "HEADER=Bearer $TOKEN" >> "$GITHUB_ENV"
  - { id: between, run: echo between >> trail.txt }
  - id: use
    env: { LOGIN: "\${{ steps.make.outputs.login }}", PLAIN: "\${{ steps.make.outputs.plain }}" }
    run: |
      echo use >> trail.txt
      test "$LOGIN" = "user:$TOKEN" && test "$HEADER" = "Bearer $TOKEN" && test "$PLAIN" = 7
      test -e fixed
  - { id: last, run: echo last >> trail.txt }
`;

  test('works in its run, is not stored, and is said in a warning', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline, fixed: '' });
    const run = rig.run([], ENV);
    expect(await run.exitCode).toBe(0);
    expect(visible(rig, run)).not.toContain(SECRET);
    expect(run.stderr()).toMatch(/warning: login, HEADER of "make" hold a secret/);
    expect(rig.state().steps['make']).toMatchObject({ outputs: { plain: '7' }, withheld: ['login'] });
  });

  test('is made again on resume when a step after it runs, which re-runs nothing else', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    expect(await rig.run([], ENV).exitCode).toBe(1);
    expect(rig.trail()).toEqual(['make', 'between', 'use']);
    rig.write('fixed', '');
    const resumed = rig.resume([], ENV);
    expect(await resumed.exitCode, resumed.stdout()).toBe(0);
    expect(rig.trail()).toEqual(['make', 'use', 'last']);
    expect(visible(rig, resumed)).not.toContain(SECRET);
  });

  test('is not made again when nothing after it runs', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline, fixed: '' });
    expect(await rig.run([], ENV).exitCode).toBe(0);
    rig.trail();
    const resumed = rig.resume([], ENV);
    expect(await resumed.exitCode).toBe(0);
    expect(resumed.stdout()).toContain('nothing to do');
    expect(rig.trail()).toEqual([]);
  });

  test('with a new value of the secret is made from that', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    expect(await rig.run([], ENV).exitCode).toBe(1);
    rig.trail();
    rig.write('fixed', '');
    const resumed = rig.resume([], { env: { TOKEN: 'rotated-since-then' } });
    expect(await resumed.exitCode).toBe(0);
    expect(rig.trail()).toEqual(['make', 'use', 'last']);
    expect(visible(rig, resumed)).not.toContain('rotated-since-then');
  });
});

test('a secret stays hidden in what goes to the history', async () => {
  await using rig = await newRig({
    'savepoint.yml': 'secrets: [TOKEN]\nsteps: [{ id: a, run: \'echo "$TOKEN"; exit 1\' }]',
  });
  const runs = [rig.run([], ENV)];
  await runs[0]?.exitCode;
  runs.push(rig.run([], ENV));
  await runs[1]?.exitCode;
  expect(readdirSync(join(rig.workspace, '.work/history'))).toHaveLength(1);
  expect(visible(rig, ...runs)).not.toContain(SECRET);
});

test('an input that holds a secret is not stored, and has to be given again', async () => {
  await using rig = await newRig({
    'savepoint.yml': `
secrets: [TOKEN]
inputs: { given: { required: true } }
steps: [{ id: a, env: { GIVEN: "\${{ inputs.given }}" }, run: test -e fixed }]
`,
  });
  const run = rig.run(['--input', `given=${SECRET}`], ENV);
  expect(await run.exitCode).toBe(1);
  expect(run.stderr()).toMatch(/warning: .*given/);
  expect(visible(rig, run)).not.toContain(SECRET);
  rig.write('fixed', '');
  const forgotten = rig.resume([], ENV);
  expect(await forgotten.exitCode).toBe(2);
  expect(forgotten.stderr()).toContain('given');
  expect(await rig.resume(['--input', `given=${SECRET}`], ENV).exitCode).toBe(0);
});
