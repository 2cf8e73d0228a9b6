import { expect, test } from 'vitest';
import { pipeline, script, group } from './pipeline-builder.js';
import { record, replan } from './recorded-run.js';
test('smoke', async () => {
  const p = pipeline([
    script('a'),
    group('g', [script('b'), script('c', { env: { X: '${{ steps.a.outputs.v }}' } })]),
    script('d'),
  ]);
  const r = await record(p, { act: (s) => (s === 'a' ? { output: 'v=1\n' } : {}) });
  expect(r.started).toEqual(['a', 'g/b', 'g/c', 'd']);
  console.log(await replan(p, { after: r.events }));
});
