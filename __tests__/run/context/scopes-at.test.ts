import { expect, test } from 'vitest';
import { pipeline, script } from '../../plan/pipeline-builder.js';
import { eventOf, runEngine } from '../engine.js';

test('a secret is itself to a step, and the same stand-in to the fingerprint whatever it is', async () => {
  const file = pipeline([script('x', { env: { HEADER: 'Bearer ${{ env.TOKEN }}' } })], { secrets: ['TOKEN'] });
  const [one, other] = await Promise.all(
    ['swordfish-1', 'swordfish-2'].map((TOKEN) => runEngine(file, { env: { TOKEN } })),
  );
  expect(one?.process('x').command.env['HEADER']).toBe('Bearer swordfish-1');
  expect(other?.process('x').command.env['HEADER']).toBe('Bearer swordfish-2');
  const fingerprints = [one, other].map((engine) => eventOf(engine?.journal.events ?? [], 'step_started').fingerprint);
  expect(fingerprints[0]).toEqual(fingerprints[1]);
});
