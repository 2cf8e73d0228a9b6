import { describe, expect, test } from 'vitest';
import type { Pipeline } from '../../src/language/model/pipeline.js';
import { branch, fanOut, group, loop, pipeline, script } from './pipeline-builder.js';
import { record, replan, until, type Act, type Recorded } from './recorded-run.js';

const KEPT = 'restore: finished in attempt 1';
const failing =
  (...paths: readonly string[]) =>
  (step: string): Act => ({ exit: paths.includes(step) ? 1 : 0, output: 'v=1\n' });

/** Resumes with nothing that fails. */
const resume = (file: Pipeline, { events }: Pick<Recorded, 'events'>): Promise<Recorded> =>
  record(file, { after: events, act: failing() });

describe('a loop', () => {
  const turns = (more: { readonly max?: number; readonly until?: string } = {}): Pipeline =>
    pipeline([
      loop('fix', {
        condition: `steps.test.outputs.turn != '${more.until ?? '2'}'`,
        steps: [script('edit'), script('test')],
        max: more.max ?? 10,
      }),
      script('after'),
    ]);
  /** Every step says the number of its iteration. */
  const act =
    (...paths: readonly string[]) =>
    (step: string): Act => ({
      exit: paths.includes(step) ? 1 : 0,
      output: `turn=${/\[(\d+)\]/.exec(step)?.[1] ?? ''}\n`,
    });

  test('goes on in the iteration that failed, at the step that failed', async () => {
    const first = await record(turns(), { act: act('fix[1]/test') });
    expect(await replan(turns(), { after: first.events })).toEqual({
      fix: 'run: a step in it runs',
      'fix[0]': KEPT,
      'fix[0]/edit': KEPT,
      'fix[0]/test': KEPT,
      'fix[1]': 'run: a step in it runs',
      'fix[1]/edit': KEPT,
      'fix[1]/test': 'run: it failed last time',
      after: 'run: it needs "fix", which runs again',
    });
    const second = await record(turns(), { after: first.events, act: act() });
    expect(second.started).toEqual(['fix[1]/test', 'fix[2]/edit', 'fix[2]/test', 'after']);
  });

  test('that was killed between two iterations goes on with its condition', async () => {
    const whole = await record(turns(), { act: act() });
    const left = until(whole.events, (event) => event.type === 'loop_decided' && event.iteration === 1);
    expect((await replan(turns(), { after: left }))['fix']).toBe('run: it was interrupted');
    const second = await record(turns(), { after: left, act: act() });
    expect(second.started).toEqual(['fix[1]/edit', 'fix[1]/test', 'fix[2]/edit', 'fix[2]/test', 'after']);
  });

  test('that was killed once its condition had ended it is only closed', async () => {
    const whole = await record(turns(), { act: act() });
    const left = until(whole.events, (event) => event.type === 'step_succeeded' && event.step === 'fix');
    expect((await replan(turns(), { after: left }))['fix']).toBe('run~: its end was not recorded');
    expect((await record(turns(), { after: left, act: act() })).started).toEqual(['after']);
  });

  test('decides anew after an iteration that runs again, and forgets the later ones', async () => {
    const whole = await record(turns(), { act: act() });
    const selection = { rerun: ['fix[0]/test'] };
    expect(await replan(turns(), { after: whole.events, selection })).toMatchObject({
      'fix[0]/edit': KEPT,
      'fix[0]/test': 'run: asked for with --rerun',
    });
    const now = (step: string): Act => ({ output: step === 'fix[0]/test' ? 'turn=2\n' : '' });
    const again = await record(turns(), { after: whole.events, selection, act: now });
    expect(again.started).toEqual(['fix[0]/test', 'after']);
    expect([...again.state.steps.keys()]).toEqual(['fix', 'fix[0]', 'fix[0]/edit', 'fix[0]/test', 'after']);
  });

  test('that was killed while an iteration ran again does not count the later ones', async () => {
    const whole = await record(turns(), { act: act() });
    const again = await record(turns(), { after: whole.events, selection: { rerun: ['fix[2]/test'] }, act: act() });
    const left = until(again.events, (event) => event.type === 'loop_decided' && event.attempt === 2 && !event.goes_on);
    const third = await record(turns(), { after: left, act: act() });
    expect(third.events.filter((event) => event.type === 'loop_decided' && event.attempt === 3)).toMatchObject([
      { iteration: 3, goes_on: false },
    ]);
    expect(third.started).toEqual(['after']);
  });

  test('that hit its cap starts anew', async () => {
    const first = await record(turns({ max: 2 }), { act: act() });
    expect(first.state.steps.get('fix')).toMatchObject({
      status: 'failed',
      error: "reached max_iterations (2) with its condition still true: steps.test.outputs.turn != '2'",
      choice: { kind: 'iterations', count: 2, isOver: false },
    });
    for (const max of [2, 5]) {
      expect((await replan(turns({ max }), { after: first.events }))['fix']).toBe('run: it failed last time');
      const second = await record(turns({ max }), { after: first.events, act: act() });
      expect(second.started.slice(0, 2)).toEqual(['fix[0]/edit', 'fix[0]/test']);
      expect(second.state.steps.get('fix[1]/edit')?.because).toBe('it failed last time');
    }
  });

  test('whose iteration failed at the cap goes on there', async () => {
    const first = await record(turns({ max: 3 }), { act: act('fix[2]/test') });
    const second = await record(turns({ max: 3 }), { after: first.events, act: act() });
    expect(second.started).toEqual(['fix[2]/test', 'after']);
  });

  test('starts anew when its condition was edited', async () => {
    const whole = await record(turns(), { act: act() });
    const second = await record(turns({ until: '1' }), { after: whole.events, act: act() });
    expect(second.started).toEqual(['fix[0]/edit', 'fix[0]/test', 'fix[1]/edit', 'fix[1]/test', 'after']);
    expect(second.state.steps.has('fix[2]')).toBe(false);
  });

  test('whose failure at the cap was tolerated is done', async () => {
    const file = pipeline([
      loop('l', { condition: 'true', steps: [script('x')], max: 2 }, { continueOnError: true }),
      script('after'),
    ]);
    const first = await record(file, { act: failing('after') });
    expect(await replan(file, { after: first.events })).toMatchObject({
      l: 'restore: its failure in attempt 1 was tolerated',
      'l[1]/x': KEPT,
    });
    expect((await resume(file, first)).started).toEqual(['after']);
  });
});

describe('what --only names in a container that chooses', () => {
  test('runs alone, in an item', async () => {
    const file = pipeline([fanOut('each', { items: ['a', 'b'], body: [script('x'), script('y')] }), script('z')]);
    const first = await record(file);
    const again = await record(file, { after: first.events, selection: { only: 'each[1]/x' } });
    expect(again.started).toEqual(['each[1]/x']);
    expect((await resume(file, again)).started).toEqual(['each[1]/y', 'z']);
  });

  test('decides nothing further, in a loop', async () => {
    const file = pipeline([loop('l', { condition: 'true', max: 3, steps: [script('x')] })]);
    const first = await record(file, { act: failing('l[1]/x') });
    const again = await record(file, { after: first.events, selection: { only: 'l[0]/x' } });
    expect(again.started).toEqual(['l[0]/x']);
    expect(again.events.filter((event) => event.type === 'loop_decided' && event.attempt === 2)).toEqual([]);
  });
});

test('a hundred steps deep in everything resume at the one that failed', async () => {
  const each = fanOut('each', {
    items: Array.from({ length: 100 }, (_, index) => index),
    body: [script('x'), script('y')],
  });
  const turns = loop('turns', { condition: 'true', asks: 'after', max: 1, steps: [each] }, { continueOnError: true });
  const file = pipeline([branch('route', { condition: 'false', then: [], otherwise: [group('g', [turns])] })], {
    failure: 'keep_going',
  });
  const hard = pipeline([branch('route', { condition: 'false', then: [], otherwise: [group('g', [each])] })], {
    failure: 'keep_going',
  });
  expect((await record(file)).started).toHaveLength(200);
  const first = await record(hard, { act: failing('route/else/g/each[57]/y') });
  expect((await resume(hard, first)).started).toEqual(['route/else/g/each[57]/y']);
});
