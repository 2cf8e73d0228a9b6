import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/base/stable-json.js';
import type { Pipeline } from '../../src/language/model/pipeline.js';
import { branch, fanOut, group, loop, pipeline, script, switchOn } from './pipeline-builder.js';
import { planOf, record, replan, until, type Act, type Recorded } from './recorded-run.js';

const KEPT = 'restore: finished in attempt 1';
const failing =
  (...paths: readonly string[]) =>
  (step: string): Act => ({ exit: paths.includes(step) ? 1 : 0, output: 'v=1\n' });

/** Resumes with nothing that fails. */
const resume = (file: Pipeline, { events }: Pick<Recorded, 'events'>): Promise<Recorded> =>
  record(file, { after: events, act: failing() });

describe('a branch', () => {
  const route = (condition: string): Pipeline =>
    pipeline([
      script('a'),
      branch('route', { condition, then: [script('t1'), script('t2')], otherwise: [script('e')] }),
      script('after'),
    ]);

  test('keeps its arm, and in it what succeeded', async () => {
    const file = route("steps.a.outputs.v == '1'");
    const first = await record(file, { act: failing('route/then/t2') });
    expect(await replan(file, { after: first.events })).toEqual({
      a: KEPT,
      route: 'run: a step in it runs',
      'route/then/t1': KEPT,
      'route/then/t2': 'run: it failed last time',
      after: 'run: it needs "route", which runs again',
    });
    const second = await resume(file, first);
    expect(second.started).toEqual(['route/then/t2', 'after']);
    expect(second.events.filter(({ type }) => type === 'arm_chosen')).toHaveLength(1);
  });

  test('chooses anew when its condition was edited, and runs all of the arm', async () => {
    const first = await record(route('true'), { act: failing('after') });
    const now = route('true || false');
    expect(await replan(now, { after: first.events })).toMatchObject({
      route: 'run: its definition changed',
      'route/then/t1': 'maybe: if "then" is taken',
      'route/else/e': 'maybe: if "else" is taken',
    });
    const second = await resume(now, first);
    expect(second.started).toEqual(['route/then/t1', 'route/then/t2', 'after']);
    expect(second.state.steps.get('route/then/t1')?.because).toBe('its definition changed');
  });

  test('chooses anew when what its condition reads changed, and forgets the other arm', async () => {
    const file = route("inputs.way == 'then'");
    const first = await record(file, { act: failing('after'), inputs: { way: 'then' } });
    const second = await record(file, { after: first.events, inputs: { way: 'else' } });
    expect(second.started).toEqual(['route/else/e', 'after']);
    expect([...second.state.steps.keys()]).toEqual(['a', 'route', 'after', 'route/else/e']);
    expect((await replan(file, { after: second.events, inputs: { way: 'else' } }))['route']).toMatch(/^restore/);
  });

  test('that was killed before it chose anew does not fall back to what it chose before', async () => {
    const file = route("inputs.way == 'then'");
    const first = await record(file, { act: failing('after'), inputs: { way: 'then' } });
    const second = await record(file, { after: first.events, inputs: { way: 'else' } });
    const left = until(second.events, (event) => event.type === 'arm_chosen' && event.attempt === 2);
    const third = await record(file, { after: left, inputs: { way: 'else' } });
    expect(third.started).toEqual(['route/else/e', 'after']);
    expect([...third.state.steps.keys()]).not.toContain('route/then/t1');
  });

  test('chooses anew when something it needs runs again, though it reads the same', async () => {
    const file = route("steps.a.outputs.v == '1'");
    const first = await record(file, { act: failing() });
    const again = await record(file, { after: first.events, act: failing(), selection: { rerun: ['a'] } });
    expect(again.started).toEqual(['a', 'route/then/t1', 'route/then/t2', 'after']);
    expect(again.state.steps.get('route/then/t1')?.because).toBe('it needs "a", which runs again');
  });

  test('keeps its arm with --accept-changes', async () => {
    const first = await record(route('true'), { act: failing('after') });
    const plan = await replan(route('!false'), { after: first.events, selection: { acceptChanges: true } });
    expect(plan['route/then/t1']).toBe(KEPT);
  });

  test('that took no arm is looked at anew, and re-runs nothing while it takes none', async () => {
    const file = pipeline([
      branch('b', { condition: 'inputs.on', then: [script('t')] }),
      switchOn('s', { value: 'inputs.on', cases: { true: [script('x')] } }),
      script('after'),
    ]);
    const first = await record(file, { inputs: { on: false } });
    expect(await replan(file, { after: first.events, inputs: { on: false } })).toMatchObject({
      b: 'skip: its condition does not hold and there is no else',
      s: 'skip: no case is "false"',
      after: KEPT,
    });
    const second = await record(file, { after: first.events, inputs: { on: true } });
    expect(second.started).toEqual(['b/then/t', 's/true/x', 'after']);
  });

  test('that was held back chooses once nothing holds it back', async () => {
    const file = route("steps.a.outputs.v == '1'");
    const first = await record(file, { act: failing('a') });
    const second = await resume(file, first);
    expect(second.started).toEqual(['a', 'route/then/t1', 'route/then/t2', 'after']);
  });
});

describe('a fan-out', () => {
  const over = (items: string | readonly Json[]): Pipeline =>
    pipeline([
      fanOut('each', { items, body: [script('make', { env: { FILE: '${{ item }}' } }), script('check')] }),
      script('after'),
    ]);

  test('runs only the item that failed, and those that were held back', async () => {
    const file = pipeline([fanOut('each', { items: ['a', 'b', 'c', 'd'], body: script('s'), maxParallel: 1 })]);
    const first = await record(file, { act: failing('each[2]') });
    expect(await replan(file, { after: first.events })).toEqual({
      each: 'run: a step in it runs',
      'each[0]': KEPT,
      'each[1]': KEPT,
      'each[2]': 'run: it failed last time',
      'each[3]': 'run: it is no longer held back',
    });
    const second = await resume(file, first);
    expect(second.started).toEqual(['each[2]', 'each[3]']);
    expect(second.events.filter(({ type }) => type === 'items_listed')).toHaveLength(1);
  });

  test('keeps in an item what succeeded there', async () => {
    const first = await record(over(['a', 'b', 'c']), { act: failing('each[2]/check') });
    expect((await resume(over(['a', 'b', 'c']), first)).started).toEqual(['each[2]/check', 'after']);
  });

  test('finds its items again in a list that changed: edited ones run, the others move', async () => {
    const first = await record(over(['a', 'b', 'c']), { act: failing() });
    const now = over(['c', 'B', 'a', 'new']);
    expect(await replan(now, { after: first.events })).toMatchObject({
      each: 'run: its list changed',
      'each[0]': KEPT,
      'each[0]/make': KEPT,
      'each[1]': 'run: a step in it runs',
      'each[1]/make': expect.stringMatching(/^run: its (item|env)/) as string,
      'each[2]': KEPT,
      'each[3]/make': 'run: it has not run yet',
      after: 'run: it needs "each", which runs again',
    });
    const second = await resume(now, first);
    expect(second.started.toSorted()).toEqual([
      'after',
      'each[1]/check',
      'each[1]/make',
      'each[3]/check',
      'each[3]/make',
    ]);
    const listed = second.events.findLast(({ type }) => type === 'items_listed');
    expect(listed).toMatchObject({ items: ['c', 'B', 'a', 'new'], from: [2, 1, 0, null], to_run: 0 });
    expect((await planOf(now, { after: second.events })).hasWork).toBe(false);
  });

  test('that was killed before it told its new list finds its items again', async () => {
    const first = await record(over(['a', 'b']), { act: failing('after') });
    const now = over(['b', 'a', 'c']);
    const second = await resume(now, first);
    const left = until(second.events, (event) => event.type === 'items_listed' && event.attempt === 2);
    const third = await resume(now, { events: left });
    expect(third.started).toEqual(['each[2]/make', 'each[2]/check', 'after']);
  });

  test('that lost items only makes what comes after it run, also after a kill', async () => {
    const first = await record(over(['a', 'b']), { act: failing() });
    const now = over(['b']);
    const second = await resume(now, first);
    expect(second.started).toEqual(['after']);
    expect([...second.state.steps.keys()]).not.toContain('each[1]');
    const left = until(
      second.events,
      (event) => event.type === 'step_started' && event.step === 'after' && event.attempt === 2,
    );
    expect((await resume(now, { events: left })).started).toEqual(['after']);
  });

  test('whose list reads something that changed is listed while planning', async () => {
    const file = over('fromJSON(inputs.files)');
    const first = await record(file, { inputs: { files: '["a","b"]' } });
    const second = await record(file, { after: first.events, inputs: { files: '["b","x"]' } });
    expect(second.started).toEqual(['each[1]/make', 'each[1]/check', 'after']);
  });

  test('runs all of its items when it is asked for, or one of them', async () => {
    const first = await record(over(['a', 'b']));
    const all = await record(over(['a', 'b']), { after: first.events, selection: { rerun: ['each'] } });
    expect(all.started).toHaveLength(5);
    expect(all.state.steps.get('each[1]/check')?.because).toBe('asked for with --rerun');
    const one = await record(over(['a', 'b']), { after: first.events, selection: { rerun: ['each[1]'] } });
    expect(one.started).toEqual(['each[1]/make', 'each[1]/check', 'after']);
    const from = await record(over(['a', 'b']), { after: first.events, selection: { from: 'each[0]/check' } });
    expect(from.started).toEqual(['each[0]/check', 'after']);
  });

  test('lists anew what it could not store, and runs all of it, once anything in it runs', async () => {
    const file = pipeline(
      [
        fanOut('each', { items: ['${{ env.TOKEN }}', 'b'], body: script('s', { env: { I: '${{ item }}' } }) }),
        script('after', { env: { FIRST: '${{ steps.each.results[0].item }}' } }),
      ],
      { secrets: ['TOKEN'] },
    );
    const world = { inherited: { TOKEN: 'hunter2-hunter2' } };
    const first = await record(file, { ...world, act: failing('each[1]') });
    expect(first.environments.get('each[0]')?.['I']).toBe('hunter2-hunter2');
    expect(JSON.stringify(first.events)).not.toContain('hunter2');
    expect((await replan(file, { after: first.events }))['each']).toBe(
      'run: its items hold a secret, which is not stored',
    );
    const second = await record(file, { ...world, after: first.events, act: failing('after') });
    expect(second.started).toEqual(['each[0]', 'each[1]', 'after']);
    expect(second.environments.get('after')?.['FIRST']).toBe('hunter2-hunter2');
    const third = await record(file, { ...world, after: second.events });
    expect(third.started).toEqual(['after']);
    expect(third.environments.get('after')?.['FIRST']).toBe('hunter2-hunter2');
  });
});

describe('a container that had begun, and then was held back', () => {
  const inside = [script('x'), script('y')];
  const file = pipeline(
    [
      script('setup', { onResume: 'rerun' }),
      group('build', inside, { needs: ['setup'] }),
      branch('route', { condition: 'true', then: inside }, { needs: ['setup'] }),
      fanOut('each', { items: ['a', 'b'], body: inside }, { needs: ['setup'] }),
      loop('fix', { condition: 'true', asks: 'after', max: 2, steps: inside }, { needs: ['setup'] }),
    ],
    { failure: 'keep_going' },
  );
  const begun = (): Promise<Recorded> =>
    record(file, { act: failing('build/y', 'route/then/y', 'each[0]/y', 'each[1]/y', 'fix[1]/y') });
  const rest = ['setup', 'build/y', 'route/then/y', 'each[0]/y', 'each[1]/y', 'fix[1]/y'];

  test.each<[string, Act]>([
    ['a failure', { exit: 1 }],
    ['a stop', { aborts: true }],
  ])('by %s goes on where it was', async (_, ending) => {
    const held = await record(file, {
      after: (await begun()).events,
      act: (step) => (step === 'setup' ? ending : {}),
    });
    expect(held.started).toEqual(['setup']);
    const again = await record(file, { after: held.events, act: failing('setup') });
    expect((await resume(file, again)).started.toSorted()).toEqual(rest.toSorted());
  });

  test('says nothing of what it is now to the steps after it', async () => {
    const asking = pipeline([
      script('setup', { onResume: 'rerun' }),
      fanOut('each', { items: ['a'], body: script('x') }),
      script('ask', { if: 'always()', env: { IS: '${{ steps.each.outcome }} ${{ toJSON(steps.each.results) }}' } }),
    ]);
    const first = await record(asking, { act: failing('each[0]') });
    const held = await record(asking, { after: first.events, act: failing('setup') });
    expect(held.environments.get('ask')?.['IS']).toBe('skipped null');
  });

  test('starts anew where it is a loop that had reached its cap', async () => {
    const capped = pipeline([
      script('setup', { onResume: 'rerun' }),
      loop('fix', { condition: 'true', max: 2, steps: [script('x')] }),
    ]);
    const first = await record(capped);
    const held = await record(capped, { after: first.events, act: failing('setup') });
    expect((await record(capped, { after: held.events })).started).toEqual(['setup', 'fix[0]/x', 'fix[1]/x']);
  });
});
