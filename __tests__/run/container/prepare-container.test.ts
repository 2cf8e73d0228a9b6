import { expect, test } from 'vitest';
import {
  branch,
  call,
  fanOut,
  group,
  loop,
  parallel,
  pipeline,
  script,
  switchOn,
} from '../../plan/pipeline-builder.js';
import { runEngine } from '../engine.js';

test('containers of all kinds run what they hold, in each other', async () => {
  const inner = parallel('p', [group('g', [script('x')])]);
  const turns = loop('l', { condition: 'false', asks: 'after', steps: [inner] });
  const cases = switchOn('s', { value: "'k'", cases: { k: [turns] } });
  const arms = branch('b', { condition: 'true', then: [cases] });
  const items = fanOut('f', { items: ['i'], body: [arms] });
  const { started, state } = await runEngine(pipeline([call('c', pipeline([items]))]));
  expect(started).toEqual(['c/f[0]/b/then/s/k/l[0]/p/g/x']);
  expect(state.status).toBe('succeeded');
});

test.each([
  ['group', group('c', [script('x')], { expect: [{ kind: 'that', level: 'error', condition: "env.NO == 'x'" }] })],
  [
    'fan-out',
    fanOut(
      'c',
      { items: [1], body: script('x') },
      {
        expect: [{ kind: 'that', level: 'error', condition: 'steps.c.results[0].outputs.v == 2' }],
      },
    ),
  ],
])('a %s is checked once all in it has ended well', async (_, step) => {
  const { state } = await runEngine(pipeline([step]));
  expect(state.steps.get('c')).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/^expect: does not hold: /) as string,
  });
});
