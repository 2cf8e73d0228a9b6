import { describe, expect, test } from 'vitest';
import type { Pipeline } from '../../src/language/model/pipeline.js';
import { createMemoryFiles } from './memory-files.js';
import {
  branch,
  call,
  fallbacks,
  fanOut,
  group,
  loop,
  parallel,
  pipeline,
  script,
  type StepDetails,
} from './pipeline-builder.js';
import { planOf, reasons, record, replan, until, type Act } from './recorded-run.js';

const KEPT = 'restore: finished in attempt 1';

const around = (details: StepDetails & { outputs?: Readonly<Record<string, string>> }): Pipeline =>
  pipeline([group('g', [script('x')], details), script('after')]);

describe('a finished group', () => {
  test('is kept with what it holds', async () => {
    const { events } = await record(around({}));
    expect(await replan(around({}), { after: events })).toEqual({ g: KEPT, 'g/x': KEPT, after: KEPT });
  });

  test.each<[string, StepDetails]>([
    ['name', { name: 'Tests' }],
    ['timeout', { timeoutMs: 1 }],
    ['mutex', { mutex: 'disk' }],
    ['condition', { if: 'false' }],
    ['tolerance', { continueOnError: true }],
  ])('is kept when its %s changes', async (_, details) => {
    const { events } = await record(around({}));
    expect(await replan(around(details), { after: events })).toEqual({ g: KEPT, 'g/x': KEPT, after: KEPT });
  });

  test('gives new outputs without running its steps again, and what comes after it runs', async () => {
    const before = around({ outputs: { v: 'old' } });
    const now = around({ outputs: { v: 'new' } });
    const { events } = await record(before);
    expect(await replan(now, { after: events })).toEqual({
      g: 'run: its definition changed',
      'g/x': KEPT,
      after: 'run: it needs "g", which runs again',
    });
    const resumed = await record(now, { after: events });
    expect(resumed.started).toEqual(['after']);
    expect(resumed.state.steps.get('g')?.outputs).toEqual({ v: 'new' });
    expect(await replan(now, { after: events, selection: { acceptChanges: true } })).toMatchObject({
      g: KEPT,
      after: KEPT,
    });
  });

  test('that became a parallel one runs again', async () => {
    const { events } = await record(around({}));
    const now = pipeline([parallel('g', [script('x')]), script('after')]);
    expect((await replan(now, { after: events }))['g']).toBe('run: its definition changed');
  });

  test('runs a step that was added, and then what comes after it', async () => {
    const { events } = await record(around({}));
    const now = pipeline([group('g', [script('x'), script('y')]), script('after')]);
    expect(await replan(now, { after: events })).toEqual({
      g: 'run: a step in it runs',
      'g/x': KEPT,
      'g/y': 'run: it has not run yet',
      after: 'run: it needs "g", which runs again',
    });
  });

  test('that lost a step makes what comes after it run', async () => {
    const before = pipeline([group('g', [script('x'), script('y')]), script('after')]);
    const { events } = await record(before);
    expect(await replan(around({}), { after: events })).toEqual({
      g: KEPT,
      'g/x': KEPT,
      after: 'run: what it needs changed',
    });
  });

  test('runs again once, not at each resume, after an edit that leaves it as it is', async () => {
    const before = pipeline([group('g', [script('x', { if: 'false' })], { env: { A: '1' } }), script('after')]);
    const now = pipeline([group('g', [script('x', { if: 'false' })], { env: { A: '2' } }), script('after')]);
    const { events } = await record(before);
    const resumed = await record(now, { after: events });
    expect(await replan(now, { after: resumed.events })).toMatchObject({
      g: expect.stringMatching(/^restore/) as string,
    });
    expect((await replan(now, { after: resumed.events }))['after']).toMatch(/^restore/);
  });

  test('whose env has no value any more says so', async () => {
    const { events } = await record(around({}));
    const plan = await replan(around({ env: { A: "${{ fromJSON('{') }}" } }), { after: events });
    expect(plan['g']).toMatch(/^run: its inputs cannot be evaluated: env\.A: /);
    expect(plan['g/x']).toBe(plan['g']);
  });
});

describe('a group that failed', () => {
  test('by its outputs is closed anew, and its steps are kept', async () => {
    const steps = around({ outputs: { v: "${{ fromJSON('{') }}" } });
    const { events, state } = await record(steps);
    expect(state.status).toBe('failed');
    expect(await replan(steps, { after: events })).toEqual({
      g: 'run: it failed last time',
      'g/x': KEPT,
      after: 'run: it needs "g", which runs again',
    });
  });

  test('by its time runs what was ended in it', async () => {
    const steps = pipeline([group('g', [script('x'), script('y')], { timeoutMs: 1000 })]);
    const { events } = await record(steps, { act: (step) => (step === 'g/y' ? { hangs: true } : {}) });
    expect(await replan(steps, { after: events })).toEqual({
      g: 'run: a step in it runs',
      'g/x': KEPT,
      'g/y': 'run: it was aborted last time',
    });
  });
});

test('a group that was left while it ran, all its steps done, is closed and leaves what follows it valid', async () => {
  const steps = pipeline([group('g', [script('x', { onResume: 'rerun' })]), script('after'), script('last')]);
  const first = await record(steps, { act: (step) => ({ exit: step === 'last' ? 1 : 0 }) });
  const second = await record(steps, { after: first.events });
  const left = until(
    second.events,
    (event) => event.type === 'step_succeeded' && event.step === 'g' && event.attempt === 2,
  );
  expect(await replan(steps, { after: left })).toEqual({
    g: 'run~: its end was not recorded',
    'g/x': 'run~: on_resume: rerun',
    after: KEPT,
    last: 'run: it failed last time',
  });
});

test('files that steps of a group write are looked at, too', async () => {
  const steps = pipeline([group('g', [script('x', { writes: ['out'] })])]);
  const { events } = await record(steps, { files: createMemoryFiles({ out: '' }) });
  expect(await replan(steps, { after: events })).toEqual({
    g: 'run: a step in it runs',
    'g/x': 'run: what it writes is gone: out',
  });
});

describe('a container whose on_started failed, which was tolerated', () => {
  const inside = [script('x')];
  const unopened = (env: string): Pipeline => {
    const details = {
      needs: [],
      env: { E: env },
      continueOnError: true,
      fallbacks: fallbacks({ on_started: [script('f')] }),
    };
    return pipeline([
      group('g', inside, details),
      branch('b', { condition: 'true', then: inside }, details),
      loop('l', { condition: 'false', asks: 'after', steps: inside }, details),
      fanOut('e', { items: [1], body: inside }, details),
      call('c', pipeline(inside), details),
    ]);
  };
  const act = (step: string): Act => ({ exit: step.endsWith('/f') ? 1 : 0 });

  test('is kept, so that nothing is left to do', async () => {
    const { events, state } = await record(unopened('same'), { act });
    expect(state.status).toBe('succeeded with warnings');
    const plan = await planOf(unopened('same'), { after: events });
    expect([...plan.decisions.values()].map((decision) => decision.do)).not.toContain('run');
    expect(plan.hasWork).toBe(false);
    expect(reasons(unopened('same'), plan)['g']).toBe('restore: its failure in attempt 1 was tolerated');
  });

  test('runs once something about it changed', async () => {
    const { events } = await record(unopened('same'), { act });
    const again = await record(unopened('other'), { after: events });
    expect(again.started.filter((step) => !step.endsWith('/f')).toSorted()).toEqual(
      ['g/x', 'b/then/x', 'l[0]/x', 'e[0]/x', 'c/x'].toSorted(),
    );
    const accepted = await planOf(unopened('other'), { after: events, selection: { acceptChanges: true } });
    expect(accepted.hasWork).toBe(false);
  });

  test('runs when something it needs has run since', async () => {
    const steps = pipeline([
      script('a'),
      group('g', inside, { continueOnError: true, fallbacks: fallbacks({ on_started: [script('f')] }) }),
    ]);
    const first = await record(steps, { act });
    const second = await record(steps, { after: first.events, selection: { rerun: ['a'] } });
    const left = until(
      second.events,
      (event) => event.type === 'step_started' && event.step === 'g' && event.attempt === 2,
    );
    expect((await replan(steps, { after: left }))['g']).toBe('run: something it needs ran again after it');
  });

  test('runs when a step in it is asked for', async () => {
    const { events } = await record(unopened('same'), { act });
    const plan = await planOf(unopened('same'), { after: events, selection: { rerun: ['g/x'] } });
    expect(reasons(unopened('same'), plan)).toMatchObject({
      g: 'run: a step in it runs',
      'g/x': 'run: asked for with --rerun',
    });
  });

  test('is kept where the item it stands in has moved', async () => {
    const each = (items: readonly string[]): Pipeline =>
      pipeline([
        fanOut('each', {
          items,
          body: [
            group('g', inside, { continueOnError: true, fallbacks: fallbacks({ on_started: [script('f')] }) }),
            script('z'),
          ],
        }),
      ]);
    const { events } = await record(each(['a', 'b']), { act });
    const now = await replan(each(['b', 'a']), { after: events });
    expect(now).toMatchObject({ 'each[0]/g': 'restore: its failure in attempt 1 was tolerated' });
  });
});
