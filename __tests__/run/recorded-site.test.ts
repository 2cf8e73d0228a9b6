import { describe, expect, test } from 'vitest';
import { fallbacks, group, pipeline, script } from '../plan/pipeline-builder.js';
import { startEngine, type Act } from './engine.js';
import { CLEANING, killedIn, runLate } from './late.js';

describe('what fires late', () => {
  test('has the env around its owner, and what steps before it exported', async () => {
    const inner = [script('a'), script('b', { fallbacks: CLEANING })];
    const file = pipeline([script('x'), group('g', inner, { env: { IN: '${{ steps.x.outputs.v }}' } })], {
      env: { OUT: 'top' },
      secrets: ['TOKEN'],
    });
    const act = (step: string): Act => ({
      ...(step === 'x' && { output: 'v=7' }),
      ...(step === 'g/a' && { env: 'MADE=yes' }),
      ...(step === 'g/b' && { waits: true }),
    });
    const { journal } = await startEngine(file, { act });
    const late = await runLate(file, journal.events, { env: { TOKEN: 'sesame' } });
    const { env } = late.process('g/b/on_abortion/f').command;
    expect(env).toMatchObject({ OUT: 'top', IN: '7', MADE: 'yes', TOKEN: 'sesame', SAVEPOINT_RUN_ID: 'run-1' });
  });

  test('in a fallback sees the failure that the fallback is for', async () => {
    const inner = fallbacks({ on_abortion: [script('f', { env: { WHY: '${{ failure.status }}' } })] });
    const outer = fallbacks({ on_failure: [script('n', { fallbacks: inner })], finally: [look()] });
    const file = pipeline([script('a', { fallbacks: outer })]);
    const act = (step: string): Act => (step === 'a' ? { exit: 3 } : { waits: true });
    const late = await runLate(file, [...(await startEngine(file, { act })).journal.events]);
    expect(late.started).toEqual(['a/on_failure/n/on_abortion/f', 'a/finally/g']);
    expect(late.process('a/on_failure/n/on_abortion/f').command.env['WHY']).toBe('aborted');
    expect(late.process('a/finally/g').command.env['CODE']).toBe('3');
  });

  test('names the innermost step that was cut off, for the containers around it and for the pipeline', async () => {
    const told = fallbacks({ on_abortion: [script('f', { env: { STEP: '${{ failure.step }}' } })] });
    const file = pipeline([group('g', [script('a')], { fallbacks: told })], { fallbacks: told });
    const late = await runLate(file, await killedIn(file, 'g/a'));
    expect(late.process('g/on_abortion/f').command.env['STEP']).toBe('g/a');
    expect(late.process('on_abortion/f').command.env['STEP']).toBe('g/a');
  });

  const look = (): ReturnType<typeof script> => script('g', { env: { CODE: '${{ failure.exit_code }}' } });

  test('is warned of where the env around it cannot be had', async () => {
    const file = pipeline(
      [group('g', [script('a', { fallbacks: CLEANING })], { env: { X: '${{ fromJSON(env.Y) }}' } })],
      {
        env: { Y: '1' },
      },
    );
    const broken = { ...file, env: { Y: '{' } };
    const late = await runLate(broken, await killedIn(file, 'g/a'));
    expect(late.started).toEqual([]);
    expect(late.display.warnings[0]?.message).toMatch(/^on_abortion, finally of "g\/a" cannot run: env\.X: fromJSON/);
  });
});
