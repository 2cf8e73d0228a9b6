import { expect, test } from 'vitest';
import { branch, group, pipeline, script } from '../../plan/pipeline-builder.js';
import { endingsOf, eventOf, runEngine } from '../engine.js';

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
