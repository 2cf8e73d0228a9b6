import { describe, expect, test } from 'vitest';
import { branch, fanOut, group, pipeline, script } from '../../plan/pipeline-builder.js';
import { runEngine } from '../engine.js';

const file = pipeline([
  script('a'),
  branch('b', { condition: 'true', then: [fanOut('f', { items: ['i'], body: [group('g', [script('x')])] })] }),
]);

const reasons = async (world: Parameters<typeof runEngine>[1]): Promise<readonly string[]> => {
  const { state } = await runEngine(file, world);
  return ['b', 'b/then/f', 'b/then/f[0]', 'b/then/f[0]/g', 'b/then/f[0]/g/x'].map(
    (path) => state.steps.get(path)?.because ?? '',
  );
};

describe('the steps of a container that chooses', () => {
  test('say in a fresh run what the container says', async () => {
    expect(new Set(await reasons({}))).toEqual(new Set(['a fresh run']));
  });

  test('run with the reason of the outermost that chooses anew', async () => {
    const first = await runEngine(file);
    const again = await reasons({ after: first.journal.events, selection: { rerun: ['a'] } });
    expect(new Set(again)).toEqual(new Set(['it needs "a", which runs again']));
  });

  test('are kept while its choice is', async () => {
    const first = await runEngine(file, { act: (step) => ({ exit: step === 'b/then/f[0]/g/x' ? 1 : 0 }) });
    const again = await reasons({ after: first.journal.events });
    expect(again.at(-1)).toBe('it failed last time');
    expect(again[0]).toBe('a step in it runs');
  });
});
