import { describe, expect, test } from 'vitest';
import { pipeline, script, type StepDetails } from '../../plan/pipeline-builder.js';
import { endingsOf, eventOf, runEngine, startEngine, type Act } from '../engine.js';

describe('a script', () => {
  test('is written to a file that the shell gets, and removed afterwards', async () => {
    const engine = await startEngine(pipeline([script('a', { run: 'make all\n', shell: 'sh' })]), {
      act: () => ({ waits: true }),
    });
    expect(engine.scripts).toEqual(['make all\n']);
    expect(engine.process('a').command.argv).toEqual(['sh', '-e', '/scratch/1.sh']);
    engine.process('a').exit(0);
    await engine.ended;
    expect(engine.leftovers()).toEqual([]);
  });

  test.each<[string, string | undefined, string]>([
    ['nowhere', undefined, '/workspace'],
    ['the workspace itself', '.', '/workspace'],
    ['a folder of the workspace', 'app', '/workspace/app'],
    ['an absolute folder', '/tmp', '/tmp'],
    ['an expression', '${{ inputs.folder }}', '/workspace/made/up'],
  ])('runs in %s where it says so', async (_what, workingDirectory, cwd) => {
    const details: StepDetails = workingDirectory === undefined ? {} : { workingDirectory };
    const engine = await runEngine(pipeline([script('a', details)]), { inputs: { folder: 'made/up' } });
    expect(engine.process('a').command.cwd).toBe(cwd);
  });

  test('for a shell that does not exist makes its step errored', async () => {
    const engine = await runEngine(pipeline([script('a', { shell: 'constructor' })]));
    expect(endingsOf(engine.journal.events)['a']).toBe('errored: there is no shell "constructor"');
  });

  test('runs in sh where there is no bash', async () => {
    const engine = await runEngine(pipeline([script('a')]), { programs: [] });
    expect(engine.process('a').command.argv[0]).toBe('sh');
  });
});

describe('command files', () => {
  test.each<[string, Act, RegExp]>([
    ['GITHUB_OUTPUT', { output: 'fine=1\nnonsense\n' }, /^failed: GITHUB_OUTPUT line 2: expected name=value/],
    ['GITHUB_ENV', { env: 'X<<EOF\nopen\n' }, /^failed: GITHUB_ENV line 1: expected a line "EOF"/],
  ])('that do not parse fail the step: %s', async (_file, act, ending) => {
    const engine = await runEngine(pipeline([script('a')]), { act: () => act });
    expect(endingsOf(engine.journal.events)['a']).toMatch(ending);
    expect(eventOf(engine.journal.events, 'step_failed').exit_code).toBe(1);
  });

  test('that do not parse do not hide how the script ended', async () => {
    const engine = await runEngine(pipeline([script('a')]), { act: () => ({ exit: 9, output: 'nonsense\n' }) });
    expect(endingsOf(engine.journal.events)['a']).toBe('failed: exit code 9');
  });

  test('keep what a failed script wrote', async () => {
    const engine = await runEngine(pipeline([script('a')]), {
      act: () => ({ exit: 1, output: 'x=1\n', env: 'Y=2\n' }),
    });
    expect(eventOf(engine.journal.events, 'step_failed')).toMatchObject({
      outputs: { x: '1' },
      exports: { env: { Y: '2' }, path: [] },
    });
  });

  test('cannot set what belongs to the runner, with a warning', async () => {
    const engine = await runEngine(pipeline([script('a'), script('b')]), {
      act: (step) => (step === 'a' ? { env: 'GITHUB_SHA=x\nNODE_OPTIONS=--inspect\nFINE=1\n' } : {}),
    });
    expect(eventOf(engine.journal.events, 'step_succeeded', 'a').exports?.env).toEqual({ FINE: '1' });
    expect(engine.process('b').command.env).not.toHaveProperty('NODE_OPTIONS');
    expect(engine.display.warnings.map(({ message }) => message)).toEqual([
      'GITHUB_SHA cannot be set through GITHUB_ENV and keeps its value',
      'NODE_OPTIONS cannot be set through GITHUB_ENV and keeps its value',
    ]);
  });
});
