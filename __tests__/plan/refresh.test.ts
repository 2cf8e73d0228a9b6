import { describe, expect, test } from 'vitest';
import type { Pipeline } from '../../src/language/model/pipeline.js';
import { group, parallel, pipeline, script } from './pipeline-builder.js';
import { planOf, record, replan, until, type Circumstances, type Recorded } from './recorded-run.js';

const KEPT = 'restore: finished in attempt 1';
const MADE_A_SECRET = 'run~: it made a secret value, which is not stored, and a step after it runs';

const fails =
  (...steps: readonly string[]): NonNullable<Circumstances['act']> =>
  (step) => ({ exit: steps.includes(step) ? 1 : 0 });

describe('a step that is to be made ready again on resume', () => {
  const steps = pipeline([script('setup', { onResume: 'rerun' }), script('build'), script('test')]);

  test('runs when something else does, and re-runs nothing', async () => {
    const { events } = await record(steps, { act: fails('test') });
    expect(await replan(steps, { after: events })).toEqual({
      setup: 'run~: on_resume: rerun',
      build: KEPT,
      test: 'run: it failed last time',
    });
  });

  test('does not run when nothing else does', async () => {
    const { events } = await record(steps);
    expect(await replan(steps, { after: events })).toEqual({ setup: KEPT, build: KEPT, test: KEPT });
  });

  test('runs for work that does not need it, too', async () => {
    const beside = pipeline([script('setup', { onResume: 'rerun' }), script('other', { needs: [] })]);
    const { events } = await record(beside, { act: fails('other') });
    expect((await replan(beside, { after: events }))['setup']).toBe('run~: on_resume: rerun');
  });

  test('re-runs nothing on the resume after that, either', async () => {
    const first = await record(steps, { act: fails('test') });
    const second = await record(steps, { after: first.events, act: fails('test') });
    expect(second.started).toEqual(['setup', 'test']);
    const third = await record(steps, { after: second.events });
    expect(third.started).toEqual(['setup', 'test']);
    expect((await planOf(steps, { after: third.events })).hasWork).toBe(false);
  });

  test('re-runs nothing although what it gives to later steps is not the same', async () => {
    const changing = pipeline([
      script('setup', { onResume: 'rerun' }),
      script('build', { env: { PORT: '${{ steps.setup.outputs.port }} ${{ env.HOST }}' } }),
      script('test', { env: { PORT: '${{ steps.setup.outputs.port }} ${{ env.HOST }}' } }),
    ]);
    const act =
      (exit: number): NonNullable<Circumstances['act']> =>
      (step, attempt) =>
        step === 'setup'
          ? { output: `port=${attempt}\n`, env: `HOST=h${attempt}\n` }
          : { exit: step === 'test' ? exit : 0 };
    let last: Recorded = await record(changing, { act: act(1) });
    last = await record(changing, { after: last.events, act: act(1) });
    last = await record(changing, { after: last.events, act: act(0) });
    expect(last.started).toEqual(['setup', 'test']);
    expect(last.environments.get('test')).toMatchObject({ PORT: '3 h3' });
    expect((await planOf(changing, { after: last.events })).hasWork).toBe(false);
  });

  test('runs for real when it changed itself', async () => {
    const { events } = await record(steps, { act: fails('test') });
    const edited = pipeline([script('setup', { onResume: 'rerun', run: 'new' }), script('build'), script('test')]);
    expect(await replan(edited, { after: events })).toMatchObject({
      setup: 'run: its definition changed',
      build: 'run: it needs "setup", which runs again',
    });
  });

  test.each<[string, (steps: Pipeline, first: Recorded) => Promise<Circumstances['after']>, string]>([
    [
      'was interrupted',
      async (all, first) => {
        const { events } = await record(all, { after: first.events });
        return until(events, (event) => event.type === 'step_succeeded' && event.attempt === 2);
      },
      'it was interrupted',
    ],
    [
      'failed',
      async (all, first) => (await record(all, { after: first.events, act: fails('setup') })).events,
      'it failed last time',
    ],
    [
      'was aborted',
      async (all, first) =>
        (await record(all, { after: first.events, act: (step) => (step === 'setup' ? { aborts: true } : {}) })).events,
      'it was aborted last time',
    ],
  ])('and %s while it did costs no finished step', async (_, go, reason) => {
    const first = await record(steps, { act: fails('test') });
    const after = await go(steps, first);
    expect(await replan(steps, { after: after ?? [] })).toMatchObject({ setup: `run~: ${reason}`, build: KEPT });
    const last = await record(steps, { after: after ?? [] });
    expect(last.started).toEqual(['setup', 'test']);
    expect((await planOf(steps, { after: last.events })).hasWork).toBe(false);
  });

  test('and was interrupted as the last work of all is work', async () => {
    const beside = pipeline([script('setup', { onResume: 'rerun' }), script('other', { needs: [] })]);
    const first = await record(beside, { act: fails('other') });
    const second = await record(beside, { after: first.events });
    const ended = (event: (typeof second.events)[number]): boolean =>
      event.type === 'run_succeeded' ||
      (event.type === 'step_succeeded' && event.step === 'setup' && event.attempt === 2);
    const plan = await planOf(beside, { after: second.events.filter((event) => !ended(event)) });
    expect(plan.hasWork).toBe(true);
    expect([...plan.decisions.values()].map((decision) => decision.do)).toEqual(['run', 'restore']);
  });

  test('in a group makes the group run, and re-runs nothing', async () => {
    const grouped = pipeline([
      group('g', [script('setup', { onResume: 'rerun' }), script('x')]),
      script('build'),
      script('test'),
    ]);
    const { events } = await record(grouped, { act: fails('test') });
    expect(await replan(grouped, { after: events })).toEqual({
      g: 'run~: a step in it runs again for the steps after it',
      'g/setup': 'run~: on_resume: rerun',
      'g/x': KEPT,
      build: KEPT,
      test: 'run: it failed last time',
    });
  });

  test('that failed within a tolerated group stays as it is', async () => {
    const group_ = group('g', [script('setup', { onResume: 'rerun' }), script('x')], { continueOnError: true });
    const tolerated = pipeline([group_, script('test')]);
    const { events } = await record(tolerated, { act: fails('g/setup', 'test') });
    expect(await replan(tolerated, { after: events })).toMatchObject({
      g: 'restore: its failure in attempt 1 was tolerated',
      'g/setup': 'restore: its failure in attempt 1 was tolerated',
    });
  });
});

describe('a tolerated group in which making ready again failed', () => {
  const inside = [
    script('setup', { onResume: 'rerun' }),
    script('tools', { onResume: 'rerun', env: { PORT: '${{ env.PORT }}' } }),
    script('x'),
  ];
  const steps = pipeline([
    group('g', inside, { continueOnError: true }),
    script('after', { env: { PORT: '${{ env.PORT }}' } }),
    script('last'),
  ]);
  const act =
    (...failed: readonly string[]): NonNullable<Circumstances['act']> =>
    (step, attempt) => ({ exit: failed.includes(step) ? 1 : 0, env: `PORT=${attempt}\n` });

  test('is done as it is, with what was held back in it', async () => {
    const first = await record(steps, { act: act('last') });
    const second = await record(steps, { after: first.events, act: act('g/setup') });
    expect(second.started).toEqual(['g/setup', 'last']);
    expect(await replan(steps, { after: second.events })).toEqual({
      g: 'restore: its failure in attempt 2 was tolerated',
      'g/setup': 'restore: its failure in attempt 2 was tolerated',
      'g/tools': 'skip: "setup" did not succeed',
      'g/x': KEPT,
      after: KEPT,
      last: 'restore: finished in attempt 2',
    });
  });
});

test('a condition reads a step that was interrupted while it was made ready again as it was before', async () => {
  const skipped = script('s', { if: "steps.setup.outputs.v != '1'" });
  const steps = pipeline([script('setup', { onResume: 'rerun' }), skipped, script('test'), script('last')]);
  const act: Circumstances['act'] = (step) => ({ output: 'v=1\n', exit: step === 'last' ? 1 : 0 });
  const first = await record(steps, { act });
  const { events } = await record(steps, { after: first.events, act });
  const left = until(events, (event) => event.type === 'step_succeeded' && event.attempt === 2);
  expect(await replan(steps, { after: left })).toMatchObject({
    setup: 'run~: it was interrupted',
    s: "skip: its condition does not hold: steps.setup.outputs.v != '1'",
    test: KEPT,
  });
});

describe('a step that made a secret value', () => {
  const SECRET = 'hunter2-hunter2';
  const steps = pipeline(
    [
      script('login'),
      script('before', { needs: [] }),
      script('use', { needs: ['login'], env: { T: '${{ steps.login.outputs.token }}' } }),
      script('end'),
    ],
    { secrets: ['TOKEN'] },
  );
  const world = (exit: Readonly<Record<string, number>>, more: Circumstances = {}): Circumstances => ({
    inherited: { TOKEN: SECRET },
    act: (step) => ({ exit: exit[step] ?? 0, ...(step === 'login' && { output: `token=${SECRET}\n` }) }),
    ...more,
  });

  test('runs again when a step after it does, which gets the value', async () => {
    const { events } = await record(steps, world({ end: 1 }));
    expect(await replan(steps, world({}, { after: events }))).toEqual({
      login: MADE_A_SECRET,
      before: KEPT,
      use: KEPT,
      end: 'run: it failed last time',
    });
    const { events: again } = await record(steps, world({ use: 1 }));
    const resumed = await record(steps, world({}, { after: again }));
    expect(resumed.environments.get('use')).toMatchObject({ T: SECRET });
  });

  test('does not run again when only steps run that are not after it', async () => {
    const { events } = await record(steps, world({ before: 1 }));
    const left = { ...world({}, { after: events }) };
    const plan = await replan(
      pipeline([script('login'), script('before', { needs: [] })], { secrets: ['TOKEN'] }),
      left,
    );
    expect(plan).toEqual({ login: KEPT, before: 'run: it failed last time' });
  });

  test('does not run again when nothing does', async () => {
    const { events } = await record(steps, world({}));
    expect((await planOf(steps, world({}, { after: events }))).hasWork).toBe(false);
  });

  test.each([
    ['exports it', { env: `T=${SECRET}\n` }],
    ['gives it to a group', { output: `token=${SECRET}\n` }],
  ])('and %s, within a group, runs again when a step after the group does', async (_, act) => {
    const grouped = pipeline(
      [
        parallel('g', [script('login'), script('x')], { outputs: { t: '${{ steps.login.outputs.token }}' } }),
        script('end'),
      ],
      { secrets: ['TOKEN'] },
    );
    const acts = (step: string) => ({ ...(step === 'g/login' && act), exit: step === 'end' ? 1 : 0 });
    const { events } = await record(grouped, world({}, { act: acts }));
    expect(await replan(grouped, world({}, { after: events }))).toEqual({
      g: 'run~: a step in it runs again for the steps after it',
      'g/login': MADE_A_SECRET,
      'g/x': KEPT,
      end: 'run: it failed last time',
    });
  });

  test('that the next refreshed step needs runs again with it', async () => {
    const chain = pipeline([script('login'), script('setup', { onResume: 'rerun' }), script('other', { needs: [] })], {
      secrets: ['TOKEN'],
      failure: 'keep_going',
    });
    const { events } = await record(chain, world({ other: 1 }));
    expect(await replan(chain, world({}, { after: events }))).toMatchObject({
      login: MADE_A_SECRET,
      setup: 'run~: on_resume: rerun',
    });
  });
});

test('a step whose output is read since the file was edited runs again for it when a step after it runs', async () => {
  const before = pipeline([script('a'), script('b')]);
  const { events } = await record(before, { act: fails('b') });
  const now = pipeline([
    script('a', { captures: true }),
    script('b', { env: { OUT: '${{ steps.a.output.stdout }}' } }),
  ]);
  expect((await replan(now, { after: events }))['a']).toBe('run~: its output was not kept, and a step after it runs');
  const resumed = await record(now, { after: events, act: (step) => (step === 'a' ? { stdout: 'hello\n' } : {}) });
  expect(resumed.environments.get('b')?.['OUT']).toMatch(/^hello/);
  expect((await planOf(now, { after: resumed.events })).hasWork).toBe(false);
});
