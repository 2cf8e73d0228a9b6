import { expect, test } from 'vitest';
import { fanOut, pipeline, script } from './pipeline-builder.js';
import { record, replan } from './recorded-run.js';
import { LONG } from '../rig/scale.js';

const KEPT = 'restore: finished in attempt 1';

test('a step is decided after what it needs, wherever that stands in the file', async () => {
  const file = pipeline([script('last', { needs: ['first'] }), script('first', { needs: [] })]);
  const { events } = await record(file);
  expect(await replan(file, { after: events, selection: { rerun: ['first'] } })).toEqual({
    last: 'run: it needs "first", which runs again',
    first: 'run: asked for with --rerun',
  });
});

test('an item is decided by its own values, whatever the others have', async () => {
  const over = (...items: readonly string[]) =>
    pipeline([fanOut('each', { items, body: script('s', { env: { I: '${{ item }}' } }) })]);
  const { events } = await record(over('a', 'b', 'c'));
  expect(await replan(over('a', 'B', 'c'), { after: events })).toMatchObject({
    'each[0]': KEPT,
    'each[1]': 'run: its env changed',
    'each[2]': KEPT,
  });
});

test('a step that needs 100,000 others is decided', LONG, async () => {
  const ids = Array.from({ length: 100_000 }, (_, index) => `s${String(index)}`);
  const file = pipeline([...ids.map((id) => script(id, { needs: [], if: 'false' })), script('all', { needs: ids })]);
  const { events, state } = await record(file);
  expect(state.status).toBe('succeeded');
  expect((await replan(file, { after: events }))['all']).toBe(KEPT);
});
