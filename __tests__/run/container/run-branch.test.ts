import { describe, expect, test } from 'vitest';
import { branch, group, pipeline, script, switchOn } from '../../plan/pipeline-builder.js';
import { endingsOf, eventOf, runEngine } from '../engine.js';

const says = (output: string) => (step: string) => ({ output, exit: step.endsWith('bad') ? 1 : 0 });

describe('a branch', () => {
  test('runs one arm, told right after its start, with how many steps that adds', async () => {
    const then = [script('x'), group('g', [script('y')])];
    const { journal } = await runEngine(
      pipeline([script('a'), branch('b', { condition: "steps.a.outputs.v == '1'", then, otherwise: [script('z')] })]),
      { act: says('v=1\n') },
    );
    const { events } = journal;
    expect(eventOf(events, 'plan_made').to_run).toBe(1);
    expect(eventOf(events, 'arm_chosen')).toMatchObject({ step: 'b', arm: 'then', to_run: 2 });
    expect(eventOf(events, 'arm_chosen').seq).toBe(eventOf(events, 'step_started', 'b').seq + 1);
    expect(Object.keys(endingsOf(events))).toEqual(['a', 'b/then/x', 'b/then/g/y', 'b/then/g', 'b']);
  });

  test('sees the env that it declares', async () => {
    const step = branch('b', { condition: "env.WAY == 'on'", then: [script('x')] }, { env: { WAY: 'on' } });
    expect((await runEngine(pipeline([step]))).started).toEqual(['b/then/x']);
  });

  test('without an arm for it is skipped by itself, not started, and what needs it runs', async () => {
    const file = pipeline([
      branch('b', { condition: 'false', then: [script('x')] }),
      switchOn('s', { value: "'beta'", cases: { stable: [script('x')] } }),
      script('after'),
    ]);
    const { journal, state } = await runEngine(file);
    expect(endingsOf(journal.events)).toEqual({
      b: 'skipped: its condition does not hold and there is no else',
      s: 'skipped: no case is "beta"',
      after: 'succeeded',
    });
    expect(journal.events.some((event) => event.type === 'step_started' && event.step === 'b')).toBe(false);
    expect(state.steps.get('b')?.kind).toBeUndefined();
  });

  test('fails where its expression has no value, and what needs it is held back', async () => {
    const file = pipeline([branch('b', { condition: "fromJSON('{')", then: [script('x')] }), script('after')]);
    const { journal, state, started } = await runEngine(file);
    expect(endingsOf(journal.events)['b']).toMatch(/^failed: if: /);
    expect([state.status, started]).toEqual(['failed', []]);
  });

  test('ends as the arm does, and routes around a failure', async () => {
    const file = pipeline([
      script('bad', { continueOnError: true }),
      branch('b', { condition: 'steps.bad.output.exit_code != 0', then: [script('mend')], otherwise: [script('go')] }),
      branch('c', { condition: 'true', then: [script('bad')] }),
    ]);
    const { journal, started } = await runEngine(file, { act: says('') });
    expect(started).toEqual(['bad', 'b/then/mend', 'c/then/bad']);
    expect(endingsOf(journal.events)).toMatchObject({ b: 'succeeded', c: 'failed: exit code 1' });
  });

  test('has outputs of the arm that ran; steps of the other are null', async () => {
    const outputs = { x: '${{ steps.x.outputs.v }}', y: '${{ steps.y.outputs.v }}' };
    const step = branch('b', { condition: 'true', then: [script('x')], otherwise: [script('y')] }, { outputs });
    const { state } = await runEngine(pipeline([step]), { act: says('v=1\n') });
    expect(state.steps.get('b')?.outputs).toEqual({ x: '1', y: null });
  });

  test('shows no secret where it tells its value, not even a part', async () => {
    const long = `${'x'.repeat(70)}${'hunter2-'.repeat(4)}`;
    const file = pipeline(
      [switchOn('s', { value: 'env.WAY', cases: {} }, { env: { WAY: '${{ env.PRE }}${{ env.TOKEN }}' } })],
      {
        secrets: ['TOKEN'],
        env: { PRE: 'x'.repeat(70) },
      },
    );
    const { state } = await runEngine(file, { env: { TOKEN: 'hunter2-'.repeat(4) } });
    expect(state.steps.get('s')?.because).toBe(`no case is "${long.slice(0, 70)}***"`);
  });
});
