import { expect, test } from 'vitest';
import { startGitHub } from '../../rig/github/start-github.js';
import { newWorkflowRun } from '../../rig/runner/workflow-run.js';

const PIPELINE = `
steps:
  - { id: one, run: 'mkdir -p out && echo 1 > out/one && echo ONE=first >> "$GITHUB_ENV"' }
  - { id: two, run: 'echo 2 > out/two && echo value=2 >> "$GITHUB_OUTPUT"' }
  - { id: three, env: { TWO: "\${{ steps.two.outputs.value }}" }, run: 'puppet three; cat out/one out/two; echo $ONE $TWO' }
  - { id: four, run: 'echo 4 > out/four' }
`;

test('a re-run goes on after the finished steps', async () => {
  await using github = await startGitHub();
  await using run = await newWorkflowRun({ github, files: { 'savepoint.yml': PIPELINE } });
  const first = await run.attempt();
  const failing = first.runStep();
  (await run.puppet('three').nextInvocation()).exit(1);
  const failed = await failing.ended;
  console.log(failed.log, failed.annotations, failed.outputs, failed.exitCode);
  const end = await first.finish();
  console.log(end.post.log);
  const second = await run.attempt();
  const passing = second.runStep();
  (await run.puppet('three').nextInvocation()).exit(0);
  const passed = await passing.ended;
  console.log(passed.log, passed.outputs, passed.summary);
  const end2 = await second.finish();
  console.log(end2.post.log);
  console.log(github.entries().map(({key, size})=>({key,size})));
  expect(passed.exitCode).toBe(0);
  expect(passed.outputs['steps-resumed']).toBe('2');
});
