import { describe, expect, test } from 'vitest';
import { failsAt, openScene } from './scenes.js';
import { LONG } from '../../rig/scale.js';

const OTHER = { runner: 'another-machine' };

describe('on a machine with other paths', () => {
  test('exports, the search path and absolute links lead to the same places as before', async () => {
    await using scene = await openScene(`
steps:
  - id: one
    run: |
      mkdir -p bin data && echo data > data/file
      printf '#!/bin/sh\\necho the tool' > bin/tool && chmod 755 bin/tool
      echo "$PWD/bin" >> "$GITHUB_PATH"
      echo "DATA=$PWD/data" >> "$GITHUB_ENV"
      echo "FLAGS=-I$PWD/data -L$RUNNER_TOOL_CACHE/lib:$RUNNER_TEMP/lib" >> "$GITHUB_ENV"
      echo "OTHER=$PWD-other" >> "$GITHUB_ENV"
      ln -s "$PWD/data" in-workspace
      ln -s "$RUNNER_TOOL_CACHE/node" in-tool-cache
      ln -s "$RUNNER_TEMP/file" in-temp
      ln -s /etc/hostname outside
  - id: two
    run: |
      tool; cat "$DATA/file" in-workspace/file; echo "$FLAGS"; echo "$OTHER"
      readlink in-workspace in-tool-cache in-temp outside
      ${failsAt('two')}
`);
    const first = await scene.attempt({ failAt: 'two' });
    const { steps, step, job, after } = await scene.attempt({ job: OTHER, after: 'tool; cat "$DATA/file"' });
    expect(steps).toEqual({ one: '↻ kept from attempt 1', two: '✓ it failed last time' });
    expect(job.workspace).not.toBe(first.job.workspace);
    expect(step.groups[0]?.lines).toEqual([
      'the tool',
      'data',
      'data',
      `-I${job.workspace}/data -L${job.toolCache}/lib:${job.runnerTemp}/lib`,
      `${first.job.workspace}-other`,
      `${job.workspace}/data`,
      `${job.toolCache}/node`,
      `${job.runnerTemp}/file`,
      '/etc/hostname',
    ]);
    expect(after.log).toBe('the tool\ndata\n');
  });

  test('and on the way back, with what was made on either', LONG, async () => {
    await using scene = await openScene(`
steps:
  - { id: one, run: 'mkdir one; echo "ONE=$PWD/one" >> "$GITHUB_ENV"; ln -s "$PWD/one" link-one' }
  - { id: two, run: '${failsAt('two')}; mkdir two; echo "TWO=$PWD/two" >> "$GITHUB_ENV"; ln -s "$PWD/two" link-two' }
  - { id: three, run: 'echo "$ONE"; echo "$TWO"; readlink link-one link-two; ${failsAt('three')}' }
`);
    await scene.attempt({ failAt: 'two' });
    await scene.attempt({ failAt: 'three', job: OTHER });
    const { steps, step, job } = await scene.attempt();
    expect(steps).toMatchObject({ one: '↻ kept from attempt 1', two: '↻ kept from attempt 2' });
    const [one, two] = [`${job.workspace}/one`, `${job.workspace}/two`];
    expect(step.groups[0]?.lines).toEqual([one, two, one, two]);
  });
});

describe('a step that put a folder on the search path', () => {
  const SETUP = `
steps:
  - id: setup
    run: |
      mkdir -p "$RUNNER_TOOL_CACHE/node/bin"
      echo "$RUNNER_TOOL_CACHE/node/bin" >> "$GITHUB_PATH"
  - { id: build, needs: [], run: 'echo built > built' }
  - { id: test, needs: [setup, build], run: 'ls "$RUNNER_TOOL_CACHE/node"; ${failsAt('test')}' }
`;

  test('runs again where that folder does not exist', async () => {
    await using scene = await openScene(SETUP);
    await scene.attempt({ failAt: 'test' });
    const { steps, job, end } = await scene.attempt({ job: OTHER });
    expect(steps).toEqual({
      setup: `✓ it put ${job.toolCache}/node/bin on the PATH, which does not exist here`,
      build: '↻ kept from attempt 1',
      test: '✓ it needs "setup", which runs again',
    });
    expect(end.status).toBe('success');
  });

  test('is kept where an earlier step of the job has made it', LONG, async () => {
    await using scene = await openScene(SETUP);
    await scene.attempt({ failAt: 'test' });
    const { steps } = await scene.attempt({ job: OTHER, before: 'mkdir -p "$RUNNER_TOOL_CACHE/node/bin"' });
    expect(steps).toMatchObject({ setup: '↻ kept from attempt 1', test: '✓ it failed last time' });
  });
});
