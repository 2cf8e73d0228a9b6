import { expect, test } from 'vitest';
import { pipeline, script } from '../../plan/pipeline-builder.js';
import { fails, free } from '../acts.js';
import { runEngine } from '../engine.js';

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
