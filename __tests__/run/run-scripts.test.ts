import { describe, expect, test } from 'vitest';
import { commands, pipeline, script, type StepDetails } from '../plan/pipeline-builder.js';
import { settle } from '../rig/settle.js';
import { endingsOf, eventOf, runEngine, startEngine, type Act } from './engine.js';

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

describe('output', () => {
  test('is shown live and stored', async () => {
    const engine = await startEngine(pipeline([script('a')]), { act: () => ({ waits: true, print: 'working\n' }) });
    expect(engine.display.outputOf('a')).toBe('working\n');
    engine.process('a').print('done\n');
    engine.process('a').exit(0);
    await engine.ended;
    expect(engine.logs.get('a')).toBe('working\ndone\n');
  });

  test('of a step that timed out is kept', async () => {
    const engine = await startEngine(pipeline([script('a', { timeoutMs: 1_000 })]), {
      act: () => ({ waits: true, print: 'half way' }),
    });
    await engine.clock.advance(1_000);
    await engine.ended;
    expect(engine.logs.get('a')).toBe('half way');
  });

  test.each<[StepDetails, boolean]>([
    [{}, false],
    [{ captures: true }, true],
    [{ continueOnError: true }, true],
  ])('of %o comes in separate streams: %s', async (details, splitStreams) => {
    const engine = await runEngine(pipeline([script('a', details)]));
    expect(engine.process('a').command.splitStreams).toBe(splitStreams);
  });

  test('that cannot be stored is a warning', async () => {
    const engine = await runEngine(pipeline([script('a')]), { logProblem: 'disk full' });
    expect(engine.display.warnings).toEqual([{ step: 'a', message: 'the log of "a" is not complete: disk full' }]);
    expect(engine.state.status).toBe('succeeded');
  });

  test('with annotations passes them on', async () => {
    const engine = await runEngine(pipeline([script('a')]), {
      act: () => ({ print: '::warning file=x.ts::careful\n' }),
    });
    expect(engine.display.annotations).toEqual([
      { step: 'a', annotation: { kind: 'warning', message: 'careful', properties: { file: 'x.ts' } } },
    ]);
  });
});

describe('commands', () => {
  const three = pipeline([commands('a', ['one', 'two', 'three'])]);
  const nth =
    (acts: readonly Act[]) =>
    (_step: string, command: number): Act =>
      acts[command] ?? {};

  test('run one after the other, each in its own shell', async () => {
    const engine = await startEngine(three, { act: () => ({ waits: true }) });
    expect(engine.scripts).toEqual(['one']);
    engine.process('a').exit(0);
    await settle();
    expect(engine.scripts).toEqual(['one', 'two']);
    engine.process('a').exit(0);
    await settle();
    engine.process('a').exit(0);
    await engine.ended;
    expect(engine.scripts).toEqual(['one', 'two', 'three']);
    expect(engine.journal.events.filter(({ type }) => type === 'attempt_started')).toHaveLength(3);
    expect(engine.leftovers()).toEqual([]);
  });

  test('stop at the first that fails', async () => {
    const engine = await runEngine(three, { act: nth([{}, { exit: 5 }]) });
    expect(engine.scripts).toEqual(['one', 'two']);
    expect(eventOf(engine.journal.events, 'step_failed')).toMatchObject({ exit_code: 5 });
  });

  test('hand their exports to the next, and all of them to later steps', async () => {
    const file = pipeline([commands('a', ['one', 'two']), script('b')]);
    const engine = await runEngine(file, {
      act: (step, command) => {
        if (step !== 'a') return {};
        return command === 0 ? { env: 'X=1\nY=1\n', path: '/one\n' } : { env: 'Y=2\n', path: '/two\n' };
      },
    });
    const [, second] = engine.processes.started;
    expect(second?.command.env).toMatchObject({ X: '1', Y: '1', PATH: '/one:/bin' });
    expect(engine.process('b').command.env).toMatchObject({ X: '1', Y: '2', PATH: '/two:/one:/bin' });
  });

  test('make outputs and summaries together, the later one of a name counts', async () => {
    const engine = await runEngine(three, {
      act: nth([
        { output: 'x=1\ny=1\n', summary: '# One\n' },
        { output: 'y=2\n__proto__=3\n', summary: '# Two\n' },
      ]),
    });
    const { outputs } = eventOf(engine.journal.events, 'step_succeeded');
    expect(Object.entries(outputs ?? {})).toEqual([
      ['x', '1'],
      ['y', '2'],
      ['__proto__', '3'],
    ]);
    expect(engine.summaries.get('a')).toBe('# One\n# Two\n');
  });

  test('share one time limit', async () => {
    const file = pipeline([commands('a', ['one', 'two'], { timeoutMs: 60_000 })]);
    const engine = await startEngine(file, { act: () => ({ waits: true }) });
    await engine.clock.advance(45_000);
    engine.process('a').exit(0);
    await engine.clock.advance(15_000);
    await engine.ended;
    expect(endingsOf(engine.journal.events)['a']).toBe('timed out: timed out after 1m 00s');
  });

  test('do not go on after a stop', async () => {
    const engine = await startEngine(three, { act: () => ({ waits: true }) });
    engine.process('a').exit(0);
    engine.scope.abort({ cause: 'signal', atOnce: false });
    await engine.ended;
    expect(engine.scripts).toEqual(['one']);
    expect(endingsOf(engine.journal.events)['a']).toBe('aborted: aborted by a signal');
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

test('a summary is stored masked, and where it cannot be that is a warning', async () => {
  const file = pipeline([script('a')], { secrets: ['TOKEN'] });
  const world = { env: { TOKEN: 'hunter2-hunter2' }, act: () => ({ summary: 'with hunter2-hunter2' }) };
  expect((await runEngine(file, world)).summaries.get('a')).toBe('with ***');
  const engine = await runEngine(file, { ...world, logProblem: 'disk full' });
  expect(engine.display.warnings.map(({ message }) => message)).toContain(
    'the summary of "a" is not stored: disk full',
  );
});
