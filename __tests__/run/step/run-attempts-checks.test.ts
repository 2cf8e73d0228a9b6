import { describe, expect, test } from 'vitest';
import { createMemoryFiles } from '../../plan/memory-files.js';
import { pipeline, script, type StepDetails } from '../../plan/pipeline-builder.js';
import { attemptsIn, inTurn, oneStep, THREE } from '../attempts.js';
import { endingsOf, eventOf, runEngine } from '../engine.js';

describe('checks', () => {
  const wants = [{ kind: 'files', level: 'error', path: 'out', minCount: 1 }] as const;

  test('belong to the attempt: one that does not hold is a failure that is tried again', async () => {
    const files = createMemoryFiles();
    const engine = await runEngine(oneStep({ ...THREE, attempts: 2 }, { expect: wants }), {
      files,
      act: (_step, command) => {
        if (command === 1) files.contents.set('out', 'x');
        return {};
      },
    });
    expect(attemptsIn(engine.journal.events)).toEqual([
      '1 started',
      '1 failed: expect: out: found 0 files, expected at least 1 (0), next in 0',
      '2 started',
    ]);
    expect(endingsOf(engine.journal.events)).toEqual({ a: 'succeeded' });
  });

  test('fail the step, with the exit code of its script', async () => {
    const engine = await runEngine(pipeline([script('a', { expect: wants }), script('b')]));
    expect(eventOf(engine.journal.events, 'step_failed')).toMatchObject({
      status: 'failed',
      exit_code: 0,
      error: 'expect: out: found 0 files, expected at least 1',
    });
    expect(engine.started).toEqual(['a']);
  });

  test('that fail can be tolerated', async () => {
    const engine = await runEngine(pipeline([script('a', { expect: wants, continueOnError: true }), script('b')]));
    expect(endingsOf(engine.journal.events)).toMatchObject({
      a: 'tolerated: expect: out: found 0 files, expected at least 1',
      b: 'succeeded',
    });
  });

  test('are not looked at where the script failed', async () => {
    const engine = await runEngine(pipeline([script('a', { expect: wants })]), { act: () => ({ exit: 4 }) });
    expect(endingsOf(engine.journal.events)).toEqual({ a: 'failed: exit code 4' });
  });

  test('that only warn are recorded and told once, those of the last attempt', async () => {
    const warns = [{ ...wants[0], level: 'warning' }] as const;
    const details: StepDetails = {
      expect: [...warns, { kind: 'output', level: 'error', name: 'x', matches: '2' }],
    };
    const engine = await runEngine(oneStep(THREE, details), {
      act: inTurn({ output: 'x=1\n' }, { output: 'x=2\n' }),
    });
    const warning = 'expect: out: found 0 files, expected at least 1';
    expect(eventOf(engine.journal.events, 'step_succeeded').warnings).toEqual([warning]);
    expect(engine.display.warnings).toEqual([{ step: 'a', message: warning }]);
  });

  test('that only warn are told, too, where another one fails the step', async () => {
    const warns = [{ kind: 'files', level: 'warning', path: 'other', minCount: 1 }] as const;
    const engine = await runEngine(pipeline([script('a', { expect: [...wants, ...warns] })]));
    expect(eventOf(engine.journal.events, 'step_failed')).toMatchObject({
      error: 'expect: out: found 0 files, expected at least 1',
      warnings: ['expect: other: found 0 files, expected at least 1'],
    });
  });

  test('see the step as it turned out, and its secret outputs as they are', async () => {
    const conditions = [
      "steps.a.outcome == 'success'",
      'steps.a.output.exit_code == 0',
      "steps.a.outputs.token == 'hunter2-hunter2'",
      "steps.a.output.stdout == 'out'",
    ];
    const expected = conditions.map((condition) => ({ kind: 'that', level: 'error', condition }) as const);
    const engine = await runEngine(
      pipeline([script('a', { expect: expected, captures: true })], { secrets: ['TOKEN'] }),
      { env: { TOKEN: 'hunter2-hunter2' }, act: () => ({ output: 'token=hunter2-hunter2\n', print: 'out' }) },
    );
    expect(endingsOf(engine.journal.events)).toEqual({ a: 'succeeded' });
  });

  test('that name a secret have it masked', async () => {
    const expected = [{ kind: 'files', level: 'error', path: 'hunter2-hunter2', minCount: 1 }] as const;
    const file = pipeline([script('a', { expect: [...expected, { ...expected[0], level: 'warning' }] })], {
      secrets: ['TOKEN'],
    });
    const engine = await runEngine(file, { env: { TOKEN: 'hunter2-hunter2' } });
    expect(JSON.stringify([engine.journal.events, engine.display.warnings])).not.toContain('hunter2');
    expect(endingsOf(engine.journal.events)['a']).toBe('failed: expect: ***: found 0 files, expected at least 1');
  });
});
