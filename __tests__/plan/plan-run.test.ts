import { describe, expect, test } from 'vitest';
import { createMemoryFiles } from './memory-files.js';
import { commands, group, parallel, pipeline, script, type LooseStep } from './pipeline-builder.js';
import { planOf, record, replan, tryPlan, until, type Circumstances, type Recorded } from './recorded-run.js';

const CHAIN = [script('a'), script('b'), script('c')];
const KEPT = 'restore: finished in attempt 1';

const fails =
  (...steps: readonly string[]): NonNullable<Circumstances['act']> =>
  (step) => ({ exit: steps.includes(step) ? 1 : 0 });

describe('without a run to go on with', () => {
  test('everything runs', async () => {
    const plan = await planOf(pipeline(CHAIN));
    expect(plan.decisions.size).toBe(0);
    expect(plan.defaultDecision).toEqual({ do: 'run', because: 'a fresh run' });
    expect(plan.hasWork).toBe(true);
  });

  test('a step that is named must exist all the same', async () => {
    const planned = await tryPlan(pipeline(CHAIN), { selection: { from: 'aa' } });
    expect(planned).toMatchObject({ ok: false, error: expect.stringContaining('there is no step "aa"') as string });
  });
});

describe('an unfinished run', () => {
  test('goes on where a step failed', async () => {
    const steps = pipeline(CHAIN);
    const { events } = await record(steps, { act: fails('b') });
    expect(await replan(steps, { after: events })).toEqual({
      a: KEPT,
      b: 'run: it failed last time',
      c: 'run: it needs "b", which runs again',
    });
  });

  test('goes on at its first step when that failed', async () => {
    const steps = pipeline(CHAIN);
    const { events } = await record(steps, { act: fails('a') });
    expect((await replan(steps, { after: events }))['a']).toBe('run: it failed last time');
    expect((await record(steps, { after: events })).started).toEqual(['a', 'b', 'c']);
  });

  test('runs what had not started when it was killed', async () => {
    const steps = pipeline(CHAIN);
    const { events } = await record(steps);
    const left = until(events, (event) => event.type === 'step_started' && event.step === 'b');
    expect(await replan(steps, { after: left })).toEqual({
      a: KEPT,
      b: 'run: it has not run yet',
      c: 'run: it needs "b", which runs again',
    });
  });

  test('runs two steps that were running side by side when it was killed, and only them', async () => {
    const steps = pipeline([script('before'), parallel('both', [script('x'), script('y')])]);
    const { events } = await record(steps);
    const ends = ['step_succeeded', 'run_succeeded'];
    const killed = events.filter((event) => !ends.includes(event.type) || ('step' in event && event.step === 'before'));
    expect(await replan(steps, { after: killed })).toEqual({
      before: KEPT,
      both: 'run: a step in it runs',
      'both/x': 'run: it was interrupted',
      'both/y': 'run: it was interrupted',
    });
  });

  test('is planned by needs, not by the order of the file', async () => {
    const steps = pipeline([script('last', { needs: ['first'] }), script('first', { needs: [] })]);
    const { events, started } = await record(steps, { act: fails('last') });
    expect(started).toEqual(['first', 'last']);
    expect(await replan(steps, { after: events })).toEqual({ last: 'run: it failed last time', first: KEPT });
  });

  test('runs again only what is downstream of a step that runs again', async () => {
    const steps = pipeline([
      script('a'),
      script('left', { needs: ['a'] }),
      script('right', { needs: ['a'] }),
      script('join', { needs: ['left', 'right'] }),
    ]);
    const { events } = await record(steps);
    expect(await replan(steps, { after: events, selection: { rerun: ['left'] } })).toEqual({
      a: KEPT,
      left: 'run: asked for with --rerun',
      right: KEPT,
      join: 'run: it needs "left", which runs again',
    });
  });
});

describe('a group', () => {
  const nested = pipeline([
    script('a'),
    group('g', [script('x'), group('h', [script('y'), script('z')])]),
    script('after'),
  ]);

  test('is resumed exactly at the step in it that failed, and what is after it runs', async () => {
    const { events } = await record(nested, { act: fails('g/h/y') });
    expect(await replan(nested, { after: events })).toEqual({
      a: KEPT,
      g: 'run: a step in it runs',
      'g/x': KEPT,
      'g/h': 'run: a step in it runs',
      'g/h/y': 'run: it failed last time',
      'g/h/z': 'run: it needs "y", which runs again',
      after: 'run: it needs "g", which runs again',
    });
  });

  test('runs as a whole when something it needs runs again', async () => {
    const { events } = await record(nested);
    expect(await replan(nested, { after: events, selection: { rerun: ['a'] } })).toEqual({
      a: 'run: asked for with --rerun',
      g: 'run: it needs "a", which runs again',
      'g/x': 'run: it needs "a", which runs again',
      'g/h': 'run: it needs "x", which runs again',
      'g/h/y': 'run: it needs "x", which runs again',
      'g/h/z': 'run: it needs "y", which runs again',
      after: 'run: it needs "g", which runs again',
    });
  });

  test('that was left while it ran is only closed, and what comes after it runs', async () => {
    const { events } = await record(nested);
    const left = until(events, (event) => event.type === 'step_succeeded' && event.step === 'g');
    const plan = await replan(nested, { after: left });
    expect(plan).toMatchObject({ g: 'run~: its end was not recorded', 'g/h': KEPT, after: 'run: it has not run yet' });
    expect((await record(nested, { after: left })).started).toEqual(['after']);
  });

  test('that was left at the very end of a run is closed, which is no work', async () => {
    const steps = pipeline([script('setup', { onResume: 'rerun' }), group('g', [script('x')])]);
    const { events } = await record(steps);
    const left = until(events, (event) => event.type === 'step_succeeded' && event.step === 'g');
    const resumed = await record(steps, { after: left });
    expect(resumed.plan.hasWork).toBe(false);
    expect(resumed.started).toEqual([]);
    expect(resumed.state.status).toBe('succeeded');
  });
});

describe('a run that was killed after a step ran again and before what needs it did', () => {
  const chain = pipeline(CHAIN);

  const rerun = async (steps: typeof chain, path: string): Promise<Recorded> => {
    const { events } = await record(steps);
    return record(steps, { after: events, selection: { rerun: [path] } });
  };

  test('runs what needs it on the next resume', async () => {
    const { events } = await rerun(chain, 'a');
    const left = until(events, (event) => event.type === 'step_started' && event.step === 'b' && event.attempt === 2);
    expect(await replan(chain, { after: left })).toEqual({
      a: 'restore: finished in attempt 2',
      b: 'run: something it needs ran again after it',
      c: 'run: it needs "b", which runs again',
    });
  });

  test.each<[readonly LooseStep[], string, string]>([
    [[group('g', [script('x')]), script('after')], 'g/x', 'after'],
    [[script('x'), group('g', [script('y')])], 'x', 'g/y'],
    [[script('x'), script('no', { if: 'false' }), script('y')], 'x', 'y'],
  ])('does so out of a group, into one and past a skipped step: %#', async (list, again, late) => {
    const steps = pipeline(list);
    const { events } = await rerun(steps, again);
    const left = until(events, (event) => event.type === 'step_started' && event.step === late && event.attempt === 2);
    expect((await replan(steps, { after: left }))[late]).toBe('run: something it needs ran again after it');
  });
});

describe('a tolerated failure', () => {
  test('is kept', async () => {
    const steps = pipeline([script('lint', { continueOnError: true }), script('b')]);
    const { events } = await record(steps, { act: fails('lint') });
    expect(await replan(steps, { after: events })).toEqual({
      lint: 'restore: its failure in attempt 1 was tolerated',
      b: KEPT,
    });
  });

  test('of a group is kept with the steps that failed or were held back in it', async () => {
    const steps = pipeline([
      group('g', [script('x'), script('y'), script('z')], { continueOnError: true }),
      script('after'),
    ]);
    const { events } = await record(steps, { act: fails('g/y') });
    expect(await replan(steps, { after: events })).toEqual({
      g: 'restore: its failure in attempt 1 was tolerated',
      'g/x': KEPT,
      'g/y': 'restore: its failure in attempt 1 was tolerated',
      'g/z': 'skip: "y" did not succeed',
      after: KEPT,
    });
    expect((await record(steps, { after: events })).started).toEqual([]);
  });

  test('of a group is over once something in the group runs: failed steps in it run too', async () => {
    const tolerated = (run: string): ReturnType<typeof pipeline> =>
      pipeline([
        parallel('g', [script('x'), script('y', { run }), script('z', { needs: ['x'] })], { continueOnError: true }),
      ]);
    const { events } = await record(tolerated('old'), { act: fails('g/x') });
    expect(await replan(tolerated('new'), { after: events })).toEqual({
      g: 'run: a step in it runs',
      'g/x': 'run: it failed last time',
      'g/y': 'run: its definition changed',
      'g/z': 'run: it needs "x", which runs again',
    });
  });

  test.each([true, false])('within another is kept as well (tolerated itself: %s)', async (continueOnError) => {
    const inner = group('h', [script('x'), script('y')], { continueOnError });
    const steps = pipeline([group('g', [inner, script('z')], { continueOnError: true })]);
    const { events } = await record(steps, { act: fails('g/h/x', 'g/z') });
    expect((await planOf(steps, { after: events })).hasWork).toBe(false);
  });

  test.each(['${{ fromJSON(steps.a.outputs.v).x }}', "${{ fromJSON('{') }}"])(
    'of a step whose env has no value is kept while it has none: %s',
    async (value) => {
      const steps = pipeline([
        script('a'),
        script('b', { env: { X: value }, continueOnError: true }),
        group('g', [script('c')], { env: { X: value }, continueOnError: true }),
        script('d', { if: `fromJSON(steps.a.outputs.v).x == 1`, continueOnError: true }),
        script('e'),
      ]);
      const { events, started } = await record(steps);
      expect(started).toEqual(['a', 'e']);
      expect(await replan(steps, { after: events })).toEqual({
        a: KEPT,
        b: 'restore: its failure in attempt 1 was tolerated',
        g: 'restore: its failure in attempt 1 was tolerated',
        'g/c': 'skip: "g" does not start',
        d: 'restore: its failure in attempt 1 was tolerated',
        e: KEPT,
      });
    },
  );
});

describe('a finished run', () => {
  test('has nothing left to do', async () => {
    const steps = pipeline([...CHAIN, commands('d', ['one', 'two'])]);
    const { events } = await record(steps);
    const plan = await planOf(steps, { after: events });
    expect(plan.hasWork).toBe(false);
  });

  test('has work once it is edited, and finds it behind steps that stay', async () => {
    const { events } = await record(pipeline(CHAIN));
    const edited = pipeline([...CHAIN, script('d')]);
    expect(await replan(edited, { after: events })).toMatchObject({ c: KEPT, d: 'run: it has not run yet' });
  });
});

describe('the env of the pipeline', () => {
  const steps = (X: string): ReturnType<typeof pipeline> => pipeline(CHAIN, { env: { X } });

  test('makes every step run again when it changes', async () => {
    const { events } = await record(steps('one'));
    expect((await replan(steps('two'), { after: events }))['a']).toBe('run: its env changed');
  });

  test('makes every step run again when it has no value any more', async () => {
    const { events } = await record(steps('one'));
    const [reason] = Object.values(await replan(steps("${{ fromJSON('{') }}"), { after: events }));
    expect(reason).toMatch(/^run: the env of the pipeline cannot be evaluated: env\.X: /);
  });
});

test('a chain of 10,000 steps is planned without a deep stack, and asks each once for its files', async () => {
  const chain = Array.from({ length: 10_000 }, (_, index) =>
    script(`s${index}`, { reads: ['src/**'], env: { N: '1' } }),
  );
  const steps = pipeline(chain);
  const ran = await record(steps, { files: createMemoryFiles() });
  expect(ran.started).toHaveLength(10_000);
  const files = createMemoryFiles();
  const plan = await planOf(steps, { after: ran.events, files });
  expect(plan.hasWork).toBe(false);
  expect(files.digests()).toBe(10_000);
});
