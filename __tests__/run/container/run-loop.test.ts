import { describe, expect, test } from 'vitest';
import { group, loop, pipeline, script } from '../../plan/pipeline-builder.js';
import { endingsOf, runEngine, startEngine } from '../engine.js';

const turn = (step: string): { readonly output: string } => ({
  output: `turn=${/\[(\d+)\]/.exec(step)?.[1] ?? ''}\n`,
});
const UNTIL_1 = "steps.x.outputs.turn != '1'";

describe('a loop', () => {
  test('asks before each iteration, and sees null before the first', async () => {
    const condition = "steps.x.outputs.turn == null || steps.x.outputs.turn != '1'";
    const { journal, started } = await runEngine(pipeline([loop('l', { condition, steps: [script('x')] })]), {
      act: turn,
    });
    expect(started).toEqual(['l[0]/x', 'l[1]/x']);
    expect(journal.events.filter(({ type }) => type === 'loop_decided')).toMatchObject([
      { iteration: 0, goes_on: true, to_run: 1 },
      { iteration: 1, goes_on: true, to_run: 1 },
      { iteration: 2, goes_on: false, to_run: 0 },
    ]);
  });

  test('with do_while runs once before it asks', async () => {
    const { started } = await runEngine(
      pipeline([loop('l', { condition: 'false', asks: 'after', steps: [script('x')] })]),
    );
    expect(started).toEqual(['l[0]/x']);
  });

  test('without any iteration succeeds', async () => {
    const file = pipeline([
      loop('l', { condition: 'false', steps: [script('x')] }, { outputs: { v: '${{ steps.x.outputs.v }}' } }),
      script('after'),
    ]);
    const { journal, state } = await runEngine(file);
    expect(endingsOf(journal.events)).toEqual({ l: 'succeeded', after: 'succeeded' });
    expect(state.steps.get('l')).toMatchObject({ outputs: { v: null }, choice: { count: 0, isOver: true } });
  });

  test('fails at its cap while its condition is true, and says so', async () => {
    const file = pipeline([
      loop('l', { condition: "steps.x.outcome\n == 'success'", asks: 'after', steps: [script('x')], max: 3 }),
    ]);
    const { journal, started } = await runEngine(file);
    expect(started).toHaveLength(3);
    expect(endingsOf(journal.events)['l']).toBe(
      "failed: reached max_iterations (3) with its condition still true: steps.x.outcome == 'success'",
    );
    const decided = journal.events.findLast(({ type }) => type === 'loop_decided');
    expect(decided).toMatchObject({ iteration: 2, goes_on: true });
  });

  test('that ends at its cap as its condition says succeeds', async () => {
    const { state } = await runEngine(pipeline([loop('l', { condition: UNTIL_1, steps: [script('x')], max: 2 })]), {
      act: turn,
    });
    expect(state.status).toBe('succeeded');
  });

  test.each(['finish', 'keep_going', 'fail_fast'] as const)(
    'ends with an iteration that fails (%s)',
    async (failure) => {
      const file = pipeline([loop('l', { condition: 'true', steps: [script('x')] })], { failure });
      const { journal, started, state } = await runEngine(file, {
        act: (step) => ({ exit: step === 'l[1]/x' ? 3 : 0 }),
      });
      expect(started).toEqual(['l[0]/x', 'l[1]/x']);
      expect(endingsOf(journal.events)).toMatchObject({ 'l[1]': 'failed: exit code 3', l: 'failed: exit code 3' });
      expect(state.failedStep).toBe('l[1]/x');
    },
  );

  test('fails where its condition has no value, before the first iteration or after one', async () => {
    const before = await runEngine(pipeline([loop('l', { condition: "fromJSON('{')", steps: [script('x')] })]));
    expect(endingsOf(before.journal.events)['l']).toMatch(/^failed: while: /);
    expect(before.started).toEqual([]);
    const after = await runEngine(
      pipeline([loop('l', { condition: "fromJSON('{')", asks: 'after', steps: [script('x')] })]),
    );
    expect(endingsOf(after.journal.events)['l']).toMatch(/^failed: do_while: /);
    expect(after.started).toEqual(['l[0]/x']);
  });

  test('hands what an iteration exports to the next, and to what follows', async () => {
    const file = pipeline([loop('l', { condition: "env.N != '1'", steps: [script('x')] }), script('after')]);
    const act = (step: string): { readonly env: string } => ({ env: `N=${/\[(\d+)\]/.exec(step)?.[1] ?? 'none'}\n` });
    const { process } = await runEngine(file, { act });
    expect(process('l[0]/x').command.env['N']).toBeUndefined();
    expect(process('l[1]/x').command.env['N']).toBe('0');
    expect(process('after').command.env['N']).toBe('1');
  });

  test('has the outputs of its latest iteration, and names iterations by their number', async () => {
    const step = loop(
      'l',
      { condition: UNTIL_1, steps: [script('x')] },
      { name: 'Fix', outputs: { t: '${{ steps.x.outputs.turn }}' } },
    );
    const { state } = await runEngine(pipeline([step]), { act: turn });
    expect(state.steps.get('l')?.outputs).toEqual({ t: '1' });
    expect(state.steps.get('l[1]')?.name).toBe('Fix [1]');
  });

  test('ends with its time, and with the run', async () => {
    const file = pipeline([loop('l', { condition: 'true', steps: [script('x')] }, { timeoutMs: 1000 })]);
    const late = await startEngine(file, { act: (step) => (step === 'l[1]/x' ? { waits: true } : {}) });
    await late.clock.advance(1000);
    await late.ended;
    expect(endingsOf(late.journal.events)['l']).toBe('timed out: timed out after 1.0s');
    const stopped = await startEngine(file, { act: (step) => (step === 'l[1]/x' ? { waits: true } : {}) });
    stopped.scope.abort({ cause: 'signal', atOnce: true });
    await stopped.ended;
    expect(endingsOf(stopped.journal.events)).toMatchObject({
      'l[1]': 'aborted: aborted by a signal',
      l: 'aborted: aborted by a signal',
    });
    expect(stopped.started).toEqual(['l[0]/x', 'l[1]/x']);
  });

  test('stopped while the last step of an iteration still ends well decides nothing more', async () => {
    const file = pipeline([loop('l', { condition: 'true', steps: [group('g', [script('x')])] })]);
    const engine = await startEngine(file, { act: () => ({ waits: true, ignoresTerm: true }) });
    engine.scope.abort({ cause: 'signal', atOnce: false });
    engine.process('l[0]/g/x').exit(0);
    const { state } = await engine.ended;
    expect(state.status).toBe('aborted');
    expect(engine.started).toEqual(['l[0]/g/x']);
  });
});
