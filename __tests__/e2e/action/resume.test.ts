import { beforeAll, describe, expect, test } from 'vitest';
import type { Tree } from '../../rig/runner/workspace-tree.js';
import { type Attempt, failsAt, openScene, stepsIn } from './scenes.js';

const MAKE_MODULES = `
const { mkdirSync, symlinkSync, writeFileSync } = require('node:fs');
mkdirSync('node_modules/.bin', { recursive: true });
for (let i = 0; i < 200; i++) {
  mkdirSync(\`node_modules/package-\${i}\`);
  for (let j = 0; j < 10; j++) writeFileSync(\`node_modules/package-\${i}/\${j}.js\`, \`exports.it = \${i + j}\`);
  symlinkSync(\`../package-\${i}/0.js\`, \`node_modules/.bin/package-\${i}\`);
}
`;

const REPOSITORY = {
  'make-modules.cjs': MAKE_MODULES,
  'site/changed': 'from the repository',
  'site/removed': 'from the repository',
  'site/old-name': 'from the repository',
  'site/was-file': 'from the repository',
  'site/was-folder/inner': 'from the repository',
  'site/kept': 'from the repository',
};

const FILES = String.raw`
  cd site
  mkdir -p empty bin deep/er
  touch -d 2031-02-03T04:05:06Z empty
  echo changed >> changed
  rm removed && mv old-name new-name
  rm was-file && mkdir was-file && echo in > was-file/inner
  rm -r was-folder && echo file > was-folder
  echo '#!/bin/sh' > bin/run && chmod 755 bin/run
  echo locked > readonly && chmod 400 readonly
  mkdir closed && echo in > closed/file && chmod 500 closed
  ln -s changed link && ln -s nowhere dangling && ln -s ../deep deep/er/up
  echo both > hard && ln hard deep/er/hard-too
  echo odd > $'sp ace \303\274 \\n' && echo bytes > $'latin-\377'
  truncate -s 300K sparse && echo end >> sparse
  touch -d 2031-02-03T04:05:06Z hard new-name && touch -h -d 2031-02-03T04:05:06Z dangling
  : > none
`;

const EXPORTS = String.raw`
  mkdir -p tools/one tools/two
  echo ONE=first >> "$GITHUB_ENV"
  printf 'LINES<<END\nline 1\n  line=2\nEND\n' >> "$GITHUB_ENV"
  echo "$PWD/tools/one" >> "$GITHUB_PATH"
  echo "$PWD/tools/two" >> "$GITHUB_PATH"
  printf 'text<<END\na\nb\nEND\nnumber=2\n' >> "$GITHUB_OUTPUT"
`;

const indented = (script: string): string => script.trim().replaceAll(/^ */gm, '        ').trimStart();

const PIPELINE = `
steps:
  - id: one
    run: |
        ${indented(FILES)}
  - id: two
    run: |
        ${indented(EXPORTS)}
        node make-modules.cjs
  - id: three
    env: { TEXT: '\${{ steps.two.outputs.text }}', NUMBER: '\${{ steps.two.outputs.number }}' }
    run: 'puppet three; echo ONE=second >> "$GITHUB_ENV"; echo three > site/by-three'
  - { id: four, run: 'cat site/by-three; echo "$ONE"; ${failsAt('four')}' }
  - { id: five, run: 'rm site/by-three' }
`;

const SEEN = ['ONE', 'LINES', 'TEXT', 'NUMBER', 'PATH'];

type Story = {
  readonly before: { readonly tree: Tree; readonly env: Readonly<Record<string, string>> };
  readonly now: { readonly tree: Tree; readonly env: Readonly<Record<string, string>> };
  readonly second: Omit<Attempt, 'job' | 'end'>;
  readonly third: Attempt;
};

/** Five steps, of which the third fails in the first attempt and the fourth in the second. */
const tellStory = async (): Promise<Story> => {
  await using scene = await openScene(PIPELINE, { files: REPOSITORY });
  const picked = (env: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
    Object.fromEntries(SEEN.map((name) => [name, env[name] ?? 'unset']));
  const job = scene.nextJob();
  const failing = job.runStep();
  const three = await scene.puppet('three').nextInvocation();
  const before = { tree: job.tree(), env: picked(three.env) };
  three.exit(1);
  await failing.ended;
  await job.finish();
  const next = scene.nextJob();
  const failingLater = next.runStep({}, { env: { FAIL_AT: 'four' } });
  const again = await scene.puppet('three').nextInvocation();
  const now = { tree: next.tree(), env: picked(again.env) };
  again.exit(0);
  const step = await failingLater.ended;
  const after = await next.shell('echo "$ONE|$LINES"; echo "$PATH"');
  await next.finish();
  const third = await scene.attempt({ after: 'echo "$ONE"; ls site' });
  return { before, now, second: { step, after, steps: stepsIn(step) }, third };
};

describe('a job of five steps that failed at the third, and at the fourth when it was run again', () => {
  let story: Story;
  beforeAll(async () => {
    story = await tellStory();
  });

  test('runs only what is left, each time', () => {
    expect(story.second.steps).toEqual({
      one: '↻ kept from attempt 1',
      two: '↻ kept from attempt 1',
      three: '✓ it failed last time',
      four: '✗ exit code 1',
      five: '- "four" did not succeed',
    });
    expect(story.second.step.groups.map(({ title }) => title)).toEqual([
      '[3/5] three (it failed last time)',
      '[4/5] four (it needs "three", which runs again)',
    ]);
    expect(story.third.steps).toEqual({
      one: '↻ kept from attempt 1',
      two: '↻ kept from attempt 1',
      three: '↻ kept from attempt 2',
      four: '✓ it failed last time',
      five: '✓ it needs "four", which runs again',
    });
    expect(story.third.end.status).toBe('success');
  });

  test('says what it resumed', () => {
    expect(story.second.step.outputs).toMatchObject({
      outcome: 'failed',
      attempt: '2',
      resumed: 'true',
      'steps-resumed': '2',
      'failed-step': 'four',
      checkpoint: 'saved',
      warnings: '',
    });
    expect(story.third.step.outputs).toMatchObject({ outcome: 'succeeded', attempt: '3', 'steps-resumed': '3' });
    expect(story.third.step.outputs['run-id']).toBe(story.second.step.outputs['run-id']);
    expect(story.second.step.log).toContain('To start fresh instead');
    expect(story.third.step.log).toContain('To run every step again, re-run this job');
  });

  test('has every file, folder and link as the steps before had left it', () => {
    const names = Object.keys(story.before.tree);
    expect(names.filter((name) => name.startsWith('node_modules/')).length).toBeGreaterThan(2_400);
    expect(Object.keys(story.now.tree)).toEqual(names);
    expect(madeBySteps(story.now.tree)).toEqual(madeBySteps(story.before.tree));
    expect(story.now.tree['site/kept']?.digest).toBe(story.before.tree['site/kept']?.digest);
    expect(story.now.tree).toMatchObject({
      'site/bin/run': { mode: '755' },
      'site/readonly': { mode: '400' },
      'site/closed': { mode: '500' },
      'site/hard': { sameAs: 'site/deep/er/hard-too', mtime: Date.UTC(2031, 1, 3, 4, 5, 6) / 1000 },
      'site/dangling': { target: 'nowhere' },
      'site/was-file': { kind: 'folder' },
      'site/was-folder': { kind: 'file' },
    });
  });

  test('has exports and outputs as they were', () => {
    expect(story.before.env).toMatchObject({ ONE: 'first', LINES: 'line 1\n  line=2', TEXT: 'a\nb', NUMBER: '2' });
    expect(story.before.env['PATH']).toMatch(/^[^:]+\/tools\/two:[^:]+\/tools\/one:/);
    expect(story.now.env).toEqual(story.before.env);
    expect(story.second.step.log).toContain('\nthree\nsecond\n');
    expect(story.third.step.log).toContain('\nthree\nsecond\n');
  });

  test('gives the later steps of the job what all its steps exported, and their files', () => {
    expect(story.second.after.log).toMatch(/^second\|line 1\n {2}line=2\n[^:]+\/tools\/two:[^:]+\/tools\/one:/);
    expect(story.third.after.log).toMatch(/^second\n/);
    expect(story.third.after.log).not.toContain('by-three');
  });
});

/** Without the times of files from the checkout, which differ with each checkout. */
const madeBySteps = (tree: Tree): Tree =>
  Object.fromEntries(
    Object.entries(tree).map(([name, entry]) => [name, UNTOUCHED.includes(name) ? { ...entry, mtime: 0 } : entry]),
  );

const UNTOUCHED = ['make-modules.cjs', 'savepoint.yml', 'site/kept'];
