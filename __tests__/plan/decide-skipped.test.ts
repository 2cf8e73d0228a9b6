import { describe, expect, test } from 'vitest';
import type { Pipeline } from '../../src/language/model/pipeline.js';
import { group, pipeline, script } from './pipeline-builder.js';
import { planOf, record, replan } from './recorded-run.js';

const KEPT = 'restore: finished in attempt 1';

const conditional = (condition: string, secrets: readonly string[] = []): Pipeline =>
  pipeline([script('a'), script('s', { if: condition }), script('after')], { secrets });

describe('a step that its condition skipped', () => {
  test.each(['false', 'failure()', "steps.a.outputs.v == '2'", 'run.attempt > 5', '!always()'])(
    'is skipped again while it does not hold, and re-runs nothing: %s',
    async (condition) => {
      const steps = conditional(condition);
      const { events } = await record(steps, { act: () => ({ output: 'v=1\n' }) });
      const plan = await planOf(steps, { after: events });
      expect(plan.hasWork).toBe(false);
      expect(await replan(steps, { after: events })).toEqual({
        a: KEPT,
        s: `skip: its condition does not hold: ${condition}`,
        after: KEPT,
      });
    },
  );

  test('runs when an input makes it hold, and then what needs it', async () => {
    const steps = conditional("inputs.deploy == 'yes'");
    const { events } = await record(steps, { inputs: { deploy: 'no' } });
    expect(await replan(steps, { after: events, inputs: { deploy: 'yes' } })).toEqual({
      a: KEPT,
      s: 'run: its condition must be re-evaluated',
      after: 'run: it needs "s", which runs again',
    });
  });

  test.each(['run.attempt == 2', 'run.resumed'])('is asked with the attempt that is to come: %s', async (condition) => {
    const steps = conditional(condition);
    const { events } = await record(steps);
    expect((await replan(steps, { after: events }))['s']).toBe('run: its condition must be re-evaluated');
  });

  test('runs when its condition was edited and holds now, or was taken away', async () => {
    const { events } = await record(conditional('false'));
    const held = (await replan(conditional('true'), { after: events }))['s'];
    expect(held).toBe('run: its condition must be re-evaluated');
    const free = pipeline([script('a'), script('s'), script('after')]);
    expect((await replan(free, { after: events }))['s']).toBe('run: it is no longer held back');
  });

  test('runs when its condition has no value any more, which the run will tell', async () => {
    const { events } = await record(conditional('false'));
    const now = conditional("fromJSON('{')");
    expect((await replan(now, { after: events }))['s']).toBe('run: its condition must be re-evaluated');
  });

  test('is asked with the secrets that are inherited, where they are known', async () => {
    const steps = conditional("env.TOKEN != ''", ['TOKEN']);
    const { events } = await record(steps);
    const known = { after: events, tellSecrets: true } as const;
    expect((await replan(steps, known))['s']).toMatch(/^skip/);
    expect((await replan(steps, { ...known, inherited: { TOKEN: 'hunter2' } }))['s']).toMatch(/^run/);
    expect((await replan(steps, { after: events }))['s']).toMatch(/^run/);
  });
});

describe('a step that a failure held back', () => {
  test.each([undefined, 'success()', "steps.a.outputs.v == '1'"])(
    'runs once nothing does (if: %s)',
    async (condition) => {
      const held = script('s', { needs: ['b'], ...(condition !== undefined && { if: condition }) });
      const steps = pipeline([script('a'), script('b'), held]);
      const act = (step: string) => ({ output: 'v=1\n', exit: step === 'b' ? 1 : 0 });
      const { events } = await record(steps, { act });
      expect(await replan(steps, { after: events })).toEqual({
        a: KEPT,
        b: 'run: it failed last time',
        s: 'run: it needs "b", which runs again',
      });
    },
  );

  test('elsewhere in its list runs that is no longer held back', async () => {
    const steps = pipeline([
      script('a'),
      script('x', { needs: ['a'] }),
      script('y', { needs: ['a'] }),
      script('z', { needs: ['y'] }),
    ]);
    const { events } = await record(steps, { act: (step) => ({ exit: step === 'x' ? 1 : 0 }) });
    expect((await replan(steps, { after: events }))['z']).toBe('run: it is no longer held back');
  });

  test('that had finished before is run only for itself: what comes after it stays', async () => {
    const steps = pipeline([
      script('setup', { onResume: 'rerun' }),
      group('tools', [script('build', { onResume: 'rerun' })], { needs: ['setup'] }),
      script('test', { needs: ['tools'] }),
      script('deploy', { needs: ['test'] }),
    ]);
    const first = await record(steps, { act: (step) => ({ exit: step === 'deploy' ? 1 : 0 }) });
    const second = await record(steps, { after: first.events, act: (step) => ({ exit: step === 'setup' ? 1 : 0 }) });
    expect(second.state.steps.get('tools')).toMatchObject({ status: 'skipped' });
    expect(await replan(steps, { after: second.events })).toEqual({
      setup: 'run~: it failed last time',
      tools: 'run~: it is no longer held back',
      'tools/build': 'run~: on_resume: rerun',
      test: KEPT,
      deploy: 'run: it is no longer held back',
    });
  });
});

describe('a group that its condition skipped', () => {
  const steps = pipeline([group('g', [script('x'), group('h', [script('y')])], { if: 'inputs.on' }), script('after')]);

  test('is skipped again with all it holds', async () => {
    const { events } = await record(steps, { inputs: { on: false } });
    expect(await replan(steps, { after: events, inputs: { on: false } })).toEqual({
      g: 'skip: its condition does not hold: inputs.on',
      'g/x': 'skip: "g" does not start',
      'g/h': 'skip: "g" does not start',
      'g/h/y': 'skip: "g" does not start',
      after: KEPT,
    });
  });

  test('runs with all it holds when it holds now', async () => {
    const { events } = await record(steps, { inputs: { on: false } });
    expect(await replan(steps, { after: events, inputs: { on: true } })).toEqual({
      g: 'run: its condition must be re-evaluated',
      'g/x': 'run: it has not run yet',
      'g/h': 'run: it needs "x", which runs again',
      'g/h/y': 'run: it needs "x", which runs again',
      after: 'run: it needs "g", which runs again',
    });
  });
});
