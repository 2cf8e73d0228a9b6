import { expect, test } from 'vitest';
import { group, pipeline, script } from '../../plan/pipeline-builder.js';
import { fails } from '../acts.js';
import { eventOf, runEngine } from '../engine.js';

test('a skip says what held the step back, and whether it was another step', async () => {
  const file = pipeline([
    script('a', { if: "inputs.go == 'yes'", name: 'Go ${{ inputs.go }}' }),
    script('b'),
    script('c', { name: 'After ${{ inputs.go }}' }),
  ]);
  const engine = await runEngine(file, { inputs: { go: 'no' }, act: fails('b') });
  const [own, other] = ['a', 'c'].map((step) => eventOf(engine.journal.events, 'step_skipped', step));
  expect(own).toMatchObject({ name: 'Go no', because: "its condition does not hold: inputs.go == 'yes'" });
  expect(own).not.toHaveProperty('held');
  expect(other).toMatchObject({ name: 'After no', because: '"b" did not succeed', held: true });
});

test('a container that could not start is known by its definition, so that a resume goes on with its steps', async () => {
  const file = pipeline([group('g', [script('a')], { env: { X: '${{ fromJSON(inputs.json) }}' } })]);
  const first = await runEngine(file, { inputs: { json: '{' } });
  expect(first.started).toEqual([]);
  const second = await runEngine(file, { inputs: { json: '1' }, after: first.journal.events });
  expect(eventOf(second.journal.events, 'step_started', 'g').because).not.toBe('its definition changed');
  expect(second.state.status).toBe('succeeded');
});

test('a step that could not start and was tolerated is kept on resume, and what follows it too', async () => {
  const broken = { continueOnError: true, env: { X: "${{ fromJSON('{') }}" } };
  const file = pipeline([script('a', broken), script('b'), script('c')]);
  const first = await runEngine(file, { act: fails('c') });
  const second = await runEngine(file, { after: first.journal.events });
  expect(second.started).toEqual(['c']);
});
