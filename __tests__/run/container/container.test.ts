import { describe, expect, test } from 'vitest';
import { branch, fanOut, group, pipeline, script } from '../../plan/pipeline-builder.js';
import { endingsOf, eventOf, runEngine } from '../engine.js';

describe('container env', () => {
  test('the env of a container is around its own expression, its steps and its outputs, and ends with it', async () => {
    const step = branch(
      'b',
      { condition: "env.A == 'in'", then: [script('x', { env: { SEEN: '${{ env.A }}' } })] },
      { env: { A: 'in' }, outputs: { v: '${{ env.A }}' } },
    );
    const { process, state } = await runEngine(pipeline([step, script('after')], { env: { A: 'out' } }));
    expect(process('b/then/x').command.env).toMatchObject({ A: 'in', SEEN: 'in' });
    expect(state.steps.get('b')?.outputs).toEqual({ v: 'in' });
    expect(process('after').command.env['A']).toBe('out');
  });

  test('a container whose env has no value fails before anything in it starts', async () => {
    const file = pipeline([group('g', [script('x')], { env: { A: "${{ fromJSON('{') }}" } })]);
    const { journal, started } = await runEngine(file);
    expect(endingsOf(journal.events)['g']).toMatch(/^failed: env\.A: /);
    expect(started).toEqual([]);
  });

  test('what a container gives to a declared secret is hidden from then on', async () => {
    const file = pipeline([group('g', [script('x')], { name: 'G', env: { TOKEN: 'swordfish ${{ run.id }}' } })], {
      secrets: ['TOKEN'],
    });
    const { journal, display } = await runEngine(file, { act: () => ({ print: 'swordfish run-1\n' }) });
    expect(eventOf(journal.events, 'step_started', 'g').fingerprint.env).not.toBe('');
    expect(display.outputOf('g/x')).toBe('***\n');
  });
});

describe('container work', () => {
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
});
