import { test } from 'vitest';
import { record, planOf } from '../plan/recorded-run.js';
import { branch, fanOut, loop, pipeline, script, parallel, group } from '../plan/pipeline-builder.js';

const items = (n: number) => Array.from({ length: n }, (_, i) => `f${i}`);
const time = async (name: string, file: any, n: number) => {
  let t = performance.now();
  const r = await record(file);
  const ran = performance.now() - t; t = performance.now();
  const plan = await planOf(file, { after: r.events });
  const planned = performance.now() - t; t = performance.now();
  const left = r.events.slice(0, Math.floor(r.events.length / 2));
  const r2 = await record(file, { after: left });
  console.log(name, n, r.state.status, 'run', Math.round(ran), 'us/item', Math.round(ran * 1000 / n), 'plan', Math.round(planned), 'resume half', Math.round(performance.now() - t), r.events.length, r2.state.status, plan.hasWork, Math.round(process.memoryUsage().heapUsed / 1e6));
};
test('sizes', async () => {
  const n = 100000;
  await time('one', pipeline([fanOut('each', { items: items(n), body: script('q') })]), n);
  await time('steps', pipeline([fanOut('each', { items: items(n), body: [script('q')] })]), n);
  const t = performance.now();
  const file = pipeline([fanOut('each', { items: items(n), body: script('q') })]);
  const r = await record(file, { act: (s) => ({ exit: s === 'each[1]' ? 1 : 0 }) });
  console.log('one failing', Math.round(performance.now() - t), r.state.status);
}, 300000);
