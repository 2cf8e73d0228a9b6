import { expect, test } from 'vitest';
import { newTinyAction } from './tiny-action.js';
import { newWorkflowRun } from './workflow-run.js';

const IDENTITY = 'echo "$GITHUB_RUN_ID $GITHUB_RUN_ATTEMPT $GITHUB_SHA $GITHUB_WORKSPACE"';

test('a re-run is of the same commit at the same place on a machine without a past', async () => {
  using action = newTinyAction({ main: '' });
  await using run = await newWorkflowRun({ files: { a: '1' }, action: action.path });
  const first = run.attempt();
  first.write('left/behind', '');
  await first.shell('touch "$RUNNER_TEMP/file" "$RUNNER_TOOL_CACHE/file" "$HOME/file"');
  const one = (await first.shell(IDENTITY)).log.trim().split(' ');
  await first.finish();
  const second = run.attempt();
  expect(Object.keys(second.tree())).toEqual(['a']);
  expect((await second.shell('ls "$RUNNER_TOOL_CACHE" "$HOME"')).log).not.toContain('file');
  const two = (await second.shell(IDENTITY)).log.trim().split(' ');
  expect(two).toEqual([run.runId, '2', ...one.slice(2)]);
});

test('a machine of one own keeps what checkout and runner do not remove', async () => {
  using action = newTinyAction({ main: '' });
  await using run = await newWorkflowRun({ files: { a: '1', '.gitignore': 'ignored' }, action: action.path });
  const first = run.attempt();
  for (const name of ['a', 'ignored', 'untracked']) first.write(name, 'changed');
  await first.shell('touch "$RUNNER_TEMP/temp" "$RUNNER_TOOL_CACHE/tool"');
  await first.finish();
  const dirty = run.attempt({ wipe: false, clean: false });
  expect(Object.keys(dirty.tree())).toEqual(['.gitignore', 'a', 'ignored', 'untracked']);
  const found = await dirty.shell(
    'for f in "$RUNNER_TEMP/temp" "$RUNNER_TOOL_CACHE/tool"; do [ ! -e "$f" ] || echo "$f"; done',
  );
  expect(found.log).toBe(`${dirty.toolCache}/tool\n`);
  await dirty.finish();
  const clean = run.attempt({ wipe: false });
  expect(Object.keys(clean.tree())).toEqual(['.gitignore', 'a']);
  expect(clean.read('a')).toBe('1');
});

test('jobs at the same time are on separate machines', async () => {
  using action = newTinyAction({ main: '' });
  await using run = await newWorkflowRun({ files: {}, action: action.path });
  const one = run.attempt({ matrix: { leg: 1 } });
  expect(() => run.sameAttempt({ matrix: { leg: 2 } })).toThrow('has a job');
  const two = run.sameAttempt({ matrix: { leg: 2 }, runner: 'other' });
  expect([one.attempt, two.attempt]).toEqual([1, 1]);
  expect(two.workspace).not.toBe(one.workspace);
});

test('a new commit is another one', async () => {
  using action = newTinyAction({ main: '' });
  await using run = await newWorkflowRun({ files: { a: '1' }, action: action.path });
  const first = run.attempt();
  const before = (await first.shell('echo "$GITHUB_SHA"')).log;
  await first.finish();
  run.commit({ a: '2' });
  const second = run.attempt();
  expect(second.read('a')).toBe('2');
  expect((await second.shell('echo "$GITHUB_SHA"')).log).not.toBe(before);
});

test('the services get the identity of the caller', async () => {
  using action = newTinyAction({ main: '' });
  const asked: unknown[] = [];
  const event = { name: 'pull_request', ref: 'refs/pull/7/merge', baseRef: 'main', headRef: 'topic' };
  await using run = await newWorkflowRun({
    files: {},
    action: action.path,
    event,
    github: { environment: (job) => (asked.push(job), {}) },
  });
  const job = run.attempt({ mode: 'read-only', matrix: { a: 1 }, jobIndex: 1 });
  const place = { runId: run.runId, attempt: 1, job: 'build (1)', mode: 'read-only' };
  expect(asked).toEqual([{ ...place, ref: 'refs/pull/7/merge', baseRef: 'refs/heads/main' }]);
  const { log } = await job.shell('echo "$GITHUB_EVENT_NAME $GITHUB_BASE_REF $GITHUB_HEAD_REF $GITHUB_REF_NAME"');
  expect(log).toBe('pull_request main topic 7/merge\n');
});
