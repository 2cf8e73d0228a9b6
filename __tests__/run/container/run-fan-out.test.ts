import { describe, expect, test } from 'vitest';
import type { FailureMode } from '../../../src/language/model/pipeline.js';
import { fanOut, pipeline, script } from '../../plan/pipeline-builder.js';
import { createRandom } from '../../rig/random.js';
import { endingsOf, eventOf, runEngine, startEngine, type Act } from '../engine.js';
import { LONG } from '../../rig/scale.js';
import { createMasker } from '../../../src/base/mask.js';
import type { Json } from '../../../src/base/stable-json.js';
import { maskValue } from '../../../src/run/container/run-fan-out.js';

describe('a fan-out', () => {
  test('runs its steps for each item, and tells the list', async () => {
    const body = [script('x', { env: { I: '${{ item.os }} ${{ index }}' } }), script('y')];
    const file = pipeline([fanOut('each', { items: [{ os: 'linux' }, { os: 'mac' }], body })]);
    const { journal, process, started } = await runEngine(file);
    expect(started.toSorted()).toEqual(['each[0]/x', 'each[0]/y', 'each[1]/x', 'each[1]/y']);
    expect(process('each[1]/x').command.env['I']).toBe('mac 1');
    expect(eventOf(journal.events, 'items_listed')).toMatchObject({
      items: [{ os: 'linux' }, { os: 'mac' }],
      to_run: 4,
    });
    expect(Object.keys(eventOf(journal.events, 'items_listed'))).not.toContain('from');
  });

  test('runs one script for each item, at the path of the item', async () => {
    const file = pipeline([fanOut('each', { items: 'inputs.list', body: script('s', { env: { I: '${{ item }}' } }) })]);
    const { started, process } = await runEngine(file, { inputs: { list: ['a', 'b'] } });
    expect(started).toEqual(['each[0]', 'each[1]']);
    expect(process('each[1]').command.env['I']).toBe('b');
  });

  test('finishes lists of steps before it begins others, as many at a time as processes run', async () => {
    const file = pipeline([fanOut('each', { items: [1, 2, 3], body: [script('x'), script('y')] })]);
    const act = (step: string): Act => (step === 'each[0]/x' ? { exit: 1 } : {});
    const { started, journal } = await runEngine(file, { maxParallel: 1, act });
    expect(started).toEqual(['each[0]/x']);
    expect(endingsOf(journal.events)['each[2]']).toBe('skipped: "each[0]" did not succeed');
  });

  test('of an empty list succeeds', async () => {
    const { journal } = await runEngine(pipeline([fanOut('each', { items: [], body: script('s') }), script('after')]));
    expect(endingsOf(journal.events)).toEqual({ each: 'succeeded', after: 'succeeded' });
  });

  test('of what is no list fails', async () => {
    const { journal } = await runEngine(pipeline([fanOut('each', { items: "'a,b'", body: script('s') })]));
    expect(endingsOf(journal.events)['each']).toBe('failed: for_each must give a list, found text');
  });

  test.each(Array.from({ length: 10 }, (_, index) => index))(
    'starts items in the order of the list, has results in it, whatever order they finish in (seed %i)',
    async (seed) => {
      const random = createRandom(seed);
      const items = Array.from({ length: 8 }, (_, index) => `f${String(index)}`);
      const results = '${{ join(steps.each.results.*.item) }} ${{ join(steps.each.results.*.outputs.v) }}';
      const file = pipeline([
        fanOut('each', { items, body: [script('x')], maxParallel: 3 }, { outputs: { v: '${{ steps.x.outputs.v }}' } }),
        script('after', { env: { R: results } }),
      ]);
      const act = (step: string) => ({
        output: `v=${/\d+/.exec(step)?.[0] ?? ''}\n`,
        ...(step !== 'after' && { waits: true as const }),
      });
      const engine = await startEngine(file, { act, maxParallel: 10 });
      while (engine.processes.running.length > 0) {
        expect(engine.processes.running.length).toBeLessThanOrEqual(3);
        engine.processes.running[random.below(engine.processes.running.length)]?.exit(0);
        await engine.clock.advance(1);
      }
      await engine.ended;
      expect(engine.started.slice(0, -1)).toEqual(items.map((_, index) => `each[${String(index)}]/x`));
      expect(engine.process('after').command.env['R']).toBe(`${items.join(',')} 0,1,2,3,4,5,6,7`);
    },
  );

  test.each<[FailureMode, readonly string[]]>([
    ['finish', ['each[0]', 'each[1]']],
    ['fail_fast', ['each[0]', 'each[1]']],
    ['keep_going', ['each[0]', 'each[1]', 'each[2]', 'each[3]']],
  ])('fails when an item fails; the others: %s', async (failure, ran) => {
    const file = pipeline([fanOut('each', { items: [1, 2, 3, 4], body: script('s'), maxParallel: 1 })], { failure });
    const { started, journal, state } = await runEngine(file, {
      act: (step) => ({ exit: step === 'each[1]' ? 1 : 0 }),
    });
    expect(started).toEqual(ran);
    expect(endingsOf(journal.events)['each']).toBe('failed: exit code 1');
    expect(state.failedStep).toBe('each[1]');
    const last = endingsOf(journal.events)['each[3]'];
    expect(last).toBe(failure === 'keep_going' ? 'succeeded' : 'skipped: "each[1]" did not succeed');
  });

  test('tells what became of each item', async () => {
    const file = pipeline([
      fanOut('each', { items: ['a', 'b', 'c'], body: script('s'), maxParallel: 1 }, { continueOnError: true }),
      script('after', { env: { R: '${{ join(steps.each.results.*.outcome) }} ${{ steps.each.results[1].index }}' } }),
    ]);
    const { process } = await runEngine(file, { act: (step) => ({ exit: step === 'each[1]' ? 1 : 0 }) });
    expect(process('after').command.env['R']).toBe('success,failure,skipped 1');
  });

  test('names items by what they are, and evaluates nothing in it', async () => {
    const step = fanOut(
      'each',
      { items: 'fromJSON(inputs.list)', body: script('s') },
      { name: 'Lint ${{ inputs.what }}' },
    );
    const list = JSON.stringify(['a.ts', "${{ inputs.list }} it's"]);
    const { state } = await runEngine(pipeline([step]), { inputs: { what: 'all', list } });
    expect(state.steps.get('each[0]')?.name).toBe('Lint all (a.ts)');
    expect(state.steps.get('each[1]')?.name).toBe("Lint all (${{ inputs.list }} it's)");
  });

  test('stores no secret of an item, and no part of one', async () => {
    const secret = 'correct-horse-battery-staple-correct-horse-battery';
    const file = pipeline(
      [
        fanOut('each', {
          items: [{ token: '${{ env.TOKEN }}' }],
          body: script('s', { env: { T: '${{ item.token }}' } }),
        }),
      ],
      {
        secrets: ['TOKEN'],
      },
    );
    const { journal, process } = await runEngine(file, { env: { TOKEN: secret } });
    expect(process('each[0]').command.env['T']).toBe(secret);
    expect(eventOf(journal.events, 'items_listed')).toMatchObject({ items: [{ token: '***' }], withheld: true });
    expect(JSON.stringify(journal.events)).not.toContain('correct');
  });

  test('hands what items export to what follows, the later item wins', async () => {
    const file = pipeline([fanOut('each', { items: ['a', 'b'], body: script('s') }), script('after')]);
    const { process } = await runEngine(file, { act: (step) => ({ env: `LAST=${step}\n` }) });
    expect(process('after').command.env['LAST']).toBe('each[1]');
  });
});

test('a fan-out of 20,000 items in a loop in a list runs', LONG, async () => {
  const items = Array.from({ length: 20_000 }, (_, index) => index);
  const { state } = await runEngine(pipeline([fanOut('each', { items, body: script('s') })]));
  expect(state.status).toBe('succeeded');
});

const masker = createMasker();
masker.add('hunter2');
masker.add('12345678');

test.each<[Json, Json]>([
  ['hunter2', '***'],
  [{ a: ['x hunter2 y', 1] }, { a: ['x *** y', 1] }],
  [{ hunter2: true }, { '***': true }],
  [12345678, '***'],
  [
    [null, false, 'plain'],
    [null, false, 'plain'],
  ],
])('a value gives no secret away: %o', (value, masked) => {
  expect(maskValue(value, masker)).toEqual(masked);
});

test('without secrets a value stays the same one', () => {
  const value = [{ a: 'hunter2' }];
  expect(maskValue(value, createMasker())).toBe(value);
});
