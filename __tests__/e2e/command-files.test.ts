import { describe, expect, test } from 'vitest';
import { newRig } from '../rig/rig.js';

describe('GITHUB_OUTPUT', () => {
  test('takes lines and blocks, and a later value of a name wins', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - id: make
    run: |
      {
        echo 'one=1'
        echo 'equals=a=b'
        echo 'empty='
        echo 'text<<END'
        printf 'line 1\\n  line=2\\n\\nline 4\\n'
        echo END
        echo 'one=2'
      } >> "$GITHUB_OUTPUT"
outputs:
  one: \${{ steps.make.outputs.one }}
  equals: \${{ steps.make.outputs.equals }}
  empty: \${{ steps.make.outputs.empty }}
  text: \${{ steps.make.outputs.text }}
`,
    });
    expect(await rig.run().exitCode).toBe(0);
    expect(rig.state()['outputs']).toEqual({
      one: '2',
      equals: 'a=b',
      empty: '',
      text: 'line 1\n  line=2\n\nline 4',
    });
  });

  test.each([
    ['a line without a name', 'echo nonsense', 'GITHUB_OUTPUT line 1'],
    ['a block without an end', 'printf "ok=1\\nopen<<END\\nvalue\\n"', 'GITHUB_OUTPUT line 2'],
  ])('with %s fails the step', async (_what, command, said) => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - id: make
    run: |
      ${command} >> "$GITHUB_OUTPUT"
  - { id: next, run: echo next >> trail.txt }
`,
    });
    const run = rig.run();
    expect(await run.exitCode).toBe(1);
    expect(run.stdout()).toContain(said);
    expect(rig.trail()).toEqual([]);
  });

  test('of a container is what it says itself', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - id: group
    outputs: { version: "v\${{ steps.inner.outputs.number }}" }
    steps:
      - { id: inner, run: echo number=3 >> "$GITHUB_OUTPUT" }
  - { id: use, env: { VERSION: "\${{ steps.group.outputs.version }}" }, run: echo "$VERSION" >> trail.txt }
`,
    });
    expect(await rig.run().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['v3']);
  });
});

describe('GITHUB_ENV and GITHUB_PATH', () => {
  test('reach later steps, also out of groups, and later commands of the same step', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - id: group
    steps:
      - id: export
        commands:
          - printf 'COLOUR=blue\\nPOEM<<END\\nroses\\nviolets\\nEND\\n' >> "$GITHUB_ENV"
          - echo "$PWD/tools" >> "$GITHUB_PATH"; echo "same $COLOUR" >> trail.txt
          - echo "$(answer)" >> trail.txt
  - { id: use, run: echo "later $COLOUR $(answer) $(echo $POEM)" >> trail.txt }
  - { id: own, env: { COLOUR: red }, run: echo "own $COLOUR" >> trail.txt }
  - { id: read, env: { SEEN: "\${{ env.COLOUR }}" }, run: echo "seen $SEEN" >> trail.txt }
`,
      'tools/answer': '#!/bin/sh\necho 42',
    });
    expect(await rig.run().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['same blue', '42', 'later blue 42 roses violets', 'own red', 'seen blue']);
    expect(rig.state()).toMatchObject({
      env: { COLOUR: 'blue', POEM: 'roses\nviolets' },
      path: [`${rig.workspace}/tools`],
    });
  });

  test('do not reach steps concurrent with the exporting one', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - { id: export, run: echo COLOUR=blue >> "$GITHUB_ENV" }
  - { id: beside, needs: [], run: echo "beside $COLOUR" >> trail.txt }
  - { id: after, needs: [export, beside], run: echo "after $COLOUR" >> trail.txt }
`,
    });
    expect(await rig.run(['--max-parallel', '1']).exitCode).toBe(0);
    expect(rig.trail()).toEqual(['beside ', 'after blue']);
  });

  test('cannot set what belongs to the runner, which is said', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - id: export
    run: |
      printf 'NODE_OPTIONS=--require /evil\\nGITHUB_SHA=0\\nRUNNER_OS=none\\nFINE=yes\\n' >> "$GITHUB_ENV"
  - { id: use, run: 'echo "$NODE_OPTIONS|$GITHUB_SHA|$RUNNER_OS|$FINE" >> trail.txt' }
`,
    });
    const run = rig.run();
    expect(await run.exitCode).toBe(0);
    expect(rig.trail()).toEqual(['|||yes']);
    for (const name of ['NODE_OPTIONS', 'GITHUB_SHA', 'RUNNER_OS']) {
      expect(run.stderr()).toContain(`warning: export: ${name} cannot be set`);
    }
  });

  test('of a step that fails reach the steps that run in spite of that', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - { id: export, run: echo COLOUR=blue >> "$GITHUB_ENV"; exit 1 }
  - { id: use, if: always(), run: echo "$COLOUR" >> trail.txt }
`,
    });
    expect(await rig.run().exitCode).toBe(1);
    expect(rig.trail()).toEqual(['blue']);
  });
});

test('GITHUB_STEP_SUMMARY is stored next to the log', async () => {
  await using rig = await newRig({
    'savepoint.yml': `
steps:
  - { id: group, steps: [{ id: report, run: 'echo "# Report" >> "$GITHUB_STEP_SUMMARY"; echo fine >> "$GITHUB_STEP_SUMMARY"' }] }
`,
  });
  expect(await rig.run().exitCode).toBe(0);
  expect(rig.read('.work/logs/group/report.summary.md')).toBe('# Report\nfine\n');
});

test('each script has separate files, outside the workspace, which are gone when it has ended', async () => {
  await using rig = await newRig({
    'savepoint.yml': `
steps:
  - { id: a, run: 'for f in "$GITHUB_OUTPUT" "$GITHUB_ENV" "$GITHUB_PATH" "$GITHUB_STEP_SUMMARY" "$0"; do echo "$f" >> trail.txt; done' }
  - { id: b, run: 'echo "$GITHUB_OUTPUT" >> trail.txt; sort trail.txt | uniq -d > twice.txt; cat trail.txt | xargs ls > there.txt 2>&1 || true' }
`,
  });
  expect(await rig.run().exitCode).toBe(0);
  const files = rig.trail();
  expect(files.filter((file) => !file.startsWith(`${rig.tempFolder}/`))).toEqual([]);
  expect(rig.read('twice.txt')).toBe('');
  const there = rig.read('there.txt');
  expect(there).toContain(files.at(-1));
  expect(files.slice(0, -1).filter((file) => !there.includes(`'${file}'`))).toEqual([]);
});

test('nothing is left in the temporary folder when a run has ended', async () => {
  await using rig = await newRig({ 'savepoint.yml': 'steps: [{ id: a, run: ls "$TMPDIR" > during.txt }]' });
  expect(await rig.run().exitCode).toBe(0);
  expect(rig.read('during.txt')).toContain('savepoint-');
  expect(rig.temporaryFiles()).toEqual([]);
});
