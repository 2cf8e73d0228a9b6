import { expect, test } from 'vitest';
import { NO_CHOICES } from '../../../src/plan/plan.js';
import { createAbortScope } from '../../../src/run/context/abort-scope.js';
import { createContext } from '../../../src/run/context/create-context.js';
import type { RunContext } from '../../../src/run/context/run-context.js';
import { createMemoryFiles } from '../../plan/memory-files.js';
import { pipeline, script } from '../../plan/pipeline-builder.js';
import { begin, stateAfter } from '../../state/told-run.js';
import { createScene } from '../scene.js';

const contextIn = (attempt: number): RunContext =>
  createContext(
    {
      pipeline: pipeline([script('a')]),
      plan: { decisions: new Map(), choices: NO_CHOICES, defaultDecision: { do: 'run', because: 'x' }, hasWork: true },
      inputs: {},
      last: stateAfter(begin('a')),
      runId: 'r1',
      environment: { workspace: '/w', workDir: '/w/.work', env: {}, hasProgram: () => true, pathDelimiter: ':' },
      facts: { github: {}, runner: {}, matrix: {} },
      files: createMemoryFiles(),
      ports: createScene().ports,
      scope: createAbortScope(),
      maxParallel: 1,
      abortion: { when: 'now', limitMs: 0 },
    },
    attempt,
  );

test('expressions see a step as it turned out before that is recorded', () => {
  const { live, unsettled } = contextIn(1);
  const recorded = live.record('a');
  expect(recorded?.status).toBe('running');
  if (recorded !== undefined) unsettled.set('a', { ...recorded, status: 'succeeded' });
  expect(live.record('a')?.status).toBe('succeeded');
});

test('a run attempt after the first is a resumed one', () => {
  expect([contextIn(1).resumed, contextIn(2).resumed]).toEqual([false, true]);
  expect(contextIn(2).live.run).toEqual({ id: 'r1', attempt: 2, resumed: true });
});

test('an environment is made flat once for steps in a row', () => {
  const { flatten } = contextIn(1);
  const frame = { parents: [], layer: { env: { A: '1' }, path: ['/a', '/b'] } };
  expect(flatten(frame)).toEqual({ env: { A: '1' }, path: ['/b', '/a'] });
  expect(flatten(frame)).toBe(flatten(frame));
});
