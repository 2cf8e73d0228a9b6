import { expect, test } from 'vitest';
import { pipeline, script } from '../../plan/pipeline-builder.js';
import { runEngine } from '../engine.js';

test('the env of a pipeline reaches its steps, over what they inherit', async () => {
  const file = pipeline([script('a')], { env: { CHANNEL: '${{ inputs.channel }}', TOKEN: 'own' }, secrets: ['TOKEN'] });
  const engine = await runEngine(file, { inputs: { channel: 'beta' }, env: { TOKEN: 'inherited' } });
  expect(engine.process('a').command.env).toMatchObject({ CHANNEL: 'beta', TOKEN: 'own' });
});

test('secrets that the env names are hidden from the first event on', async () => {
  const file = pipeline([script('a', { name: 'say sesame' })], { env: { TOKEN: 'sesame' }, secrets: ['TOKEN'] });
  const { journal } = await runEngine(file, { inputs: { word: 'sesame' } });
  expect(JSON.stringify(journal.events)).not.toContain('sesame');
});
