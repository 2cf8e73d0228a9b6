import { describe, expect, test } from 'vitest';
import { commands, group, parallel, pipeline, script } from '../../plan/pipeline-builder.js';
import { endingsOf, runEngine } from '../engine.js';
import { fails, free } from '../acts.js';

describe('root site', () => {
  test('the env of a pipeline reaches its steps, over what they inherit', async () => {
    const file = pipeline([script('a')], {
      env: { CHANNEL: '${{ inputs.channel }}', TOKEN: 'own' },
      secrets: ['TOKEN'],
    });
    const engine = await runEngine(file, { inputs: { channel: 'beta' }, env: { TOKEN: 'inherited' } });
    expect(engine.process('a').command.env).toMatchObject({ CHANNEL: 'beta', TOKEN: 'own' });
  });

  test('secrets that the env names are hidden from the first event on', async () => {
    const file = pipeline([script('a', { name: 'say sesame' })], { env: { TOKEN: 'sesame' }, secrets: ['TOKEN'] });
    const { journal } = await runEngine(file, { inputs: { word: 'sesame' } });
    expect(JSON.stringify(journal.events)).not.toContain('sesame');
  });
});

describe('run list size', () => {
  test('a chain of 10,000 steps runs', async () => {
    const file = pipeline(Array.from({ length: 10_000 }, (_, index) => script(`s${index}`)));
    const { state, started } = await runEngine(file);
    expect(state.status).toBe('succeeded');
    expect(started).toHaveLength(10_000);
  });

  test('a chain of 10,000 steps is skipped after a failure, and restored', async () => {
    const file = pipeline(Array.from({ length: 10_000 }, (_, index) => script(`s${index}`)));
    const failed = await runEngine(file, { act: fails('s0') });
    expect(failed.started).toEqual(['s0']);
    const whole = await runEngine(file, { act: fails('s9999') });
    const again = await runEngine(file, { after: whole.journal.events });
    expect(again.started).toEqual(['s9999']);
  });

  test('a fan-out of 5,000 steps into one runs', async () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => `s${index}`);
    const file = pipeline([...ids.map((id) => free(id)), script('all', { needs: ids })]);
    const { state, started } = await runEngine(file, { maxParallel: 4 });
    expect(state.status).toBe('succeeded');
    expect(started.at(-1)).toBe('all');
  });

  test('5,000 steps that want the same mutex run one at a time', async () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => `s${index}`);
    const { started } = await runEngine(pipeline(ids.map((id) => free(id, { mutex: 'm' }))), { maxParallel: 4 });
    expect(started).toEqual(ids);
  });
});

describe('run step', () => {
  test('every kind of step runs', async () => {
    const file = pipeline([
      script('script'),
      commands('commands', ['one', 'two']),
      group('group', [script('a')]),
      parallel('parallel', [script('a'), script('b')]),
    ]);
    const engine = await runEngine(file);
    expect(engine.started).toEqual(['script', 'commands', 'commands', 'group/a', 'parallel/a', 'parallel/b']);
    expect(new Set(Object.values(endingsOf(engine.journal.events)))).toEqual(new Set(['succeeded']));
  });
});
