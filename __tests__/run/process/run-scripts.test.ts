import { describe, expect, test } from 'vitest';
import type { Retry } from '../../../src/language/model/pipeline.js';
import { commands, pipeline, script, type StepDetails } from '../../plan/pipeline-builder.js';
import { settle } from '../../rig/settle.js';
import { endingsOf, eventOf, runEngine, startEngine, type Act } from '../engine.js';

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

describe('commands that go on', () => {
  const three = pipeline([commands('a', ['one', 'two', 'three'], { mode: 'continue' })]);
  const codes =
    (...exits: readonly number[]) =>
    (_step: string, command: number): Act => ({ exit: exits[command] ?? 0, env: `E${String(command)}=1\n` });

  test('all run, and the step fails as the first that failed', async () => {
    const engine = await runEngine(three, { act: codes(0, 4, 5) });
    expect(engine.scripts).toEqual(['one', 'two', 'three']);
    expect(eventOf(engine.journal.events, 'step_failed')).toMatchObject({
      error: '2 of 3 commands failed; the first: exit code 4',
      exit_code: 4,
      exports: { env: { E0: '1', E1: '1', E2: '1' } },
    });
    expect(engine.process('a').command.env).toMatchObject({ E0: '1', E1: '1' });
  });

  test('fail the step whichever of them failed', async () => {
    const engine = await runEngine(three, { act: codes(9) });
    expect(endingsOf(engine.journal.events)).toEqual({ a: 'failed: 1 of 3 commands failed; the first: exit code 9' });
    expect(engine.scripts).toHaveLength(3);
  });

  test('succeed when all do', async () => {
    const engine = await runEngine(three, { act: codes() });
    expect(endingsOf(engine.journal.events)).toEqual({ a: 'succeeded' });
  });

  test('do not go on when the time is up, and then have timed out', async () => {
    const file = pipeline([commands('a', ['one', 'two', 'three'], { mode: 'continue', timeoutMs: 1_000 })]);
    const engine = await startEngine(file, {
      act: (_step, command) => (command === 0 ? { exit: 1 } : { waits: true }),
    });
    await engine.clock.advance(1_000);
    await engine.ended;
    expect(engine.scripts).toEqual(['one', 'two']);
    expect(endingsOf(engine.journal.events)).toEqual({ a: 'timed out: timed out after 1.0s' });
  });

  test('do not go on after a stop', async () => {
    const engine = await startEngine(three, { act: () => ({ waits: true }) });
    engine.scope.abort({ cause: 'signal', atOnce: false });
    await engine.ended;
    expect(engine.scripts).toEqual(['one']);
    expect(endingsOf(engine.journal.events)).toEqual({ a: 'aborted: aborted by a signal' });
  });

  test('do not go on where the machine is in trouble', async () => {
    const engine = await runEngine(three, { act: () => ({ refuse: 'no such program: bash' }) });
    expect(endingsOf(engine.journal.events)).toEqual({ a: 'errored: no such program: bash' });
  });
});

describe('what belongs before another attempt', () => {
  const retry: Retry = { attempts: 3, delayMs: 0, factor: 1, jitter: 0, on: ['failure', 'timeout'], before: 'clean' };
  const file = pipeline([script('a', { retry, env: { DECLARED: '1' }, workingDirectory: 'app', shell: 'sh' })]);
  const nth =
    (...acts: readonly Act[]) =>
    (_step: string, command: number): Act =>
      acts[command] ?? {};

  test('runs first from the second attempt on, in the same place', async () => {
    const engine = await runEngine(file, { act: nth({ exit: 1 }, { print: 'cleaned\n' }, { print: 'made\n' }) });
    expect(engine.scripts).toEqual(['make a', 'clean', 'make a']);
    const [, before] = engine.processes.started;
    expect(before?.command.argv[0]).toBe('sh');
    expect(before?.command.cwd).toBe('/workspace/app');
    expect(before?.command.env).toMatchObject({ DECLARED: '1', SAVEPOINT_ATTEMPT: '2' });
    expect(engine.logs.get('a')).toBe('--- attempt 2 of 3 ---\ncleaned\nmade\n');
    const tries = engine.journal.events.flatMap((event) => (event.type === 'attempt_started' ? [event.try] : []));
    expect(tries).toEqual([1, 2, 2]);
  });

  test('hands its exports to the script', async () => {
    const engine = await runEngine(file, { act: nth({ exit: 1 }, { env: 'PORT=2\n' }, {}) });
    expect(engine.process('a').command.env['PORT']).toBe('2');
  });

  test('makes the attempt fail when it fails itself', async () => {
    const engine = await runEngine(file, { act: nth({ exit: 1 }, { exit: 7 }, {}, {}) });
    expect(engine.scripts).toEqual(['make a', 'clean', 'clean', 'make a']);
    const errors = engine.journal.events.flatMap((event) => (event.type === 'attempt_failed' ? [event.error] : []));
    expect(errors).toEqual(['exit code 1', 'retry.before: exit code 7']);
  });

  test('shares the time of its attempt', async () => {
    const timed = pipeline([script('a', { retry: { ...retry, attempts: 2 }, timeoutMs: 60_000 })]);
    const engine = await startEngine(timed, {
      act: (_step, command) => (command === 0 ? { exit: 1 } : { waits: true }),
    });
    await engine.clock.advance(45_000);
    engine.process('a').exit(0);
    await engine.clock.advance(15_000);
    await engine.ended;
    expect(endingsOf(engine.journal.events)).toEqual({ a: 'timed out: timed out after 1m 00s' });
  });

  test('is not part of what the script prints as JSON, nor of its captured output', async () => {
    const json = pipeline([script('a', { retry, outputFormat: 'json', captures: true })]);
    const engine = await runEngine(json, { act: nth({ exit: 1 }, { print: 'cleaned' }, { print: '{"n":1}' }) });
    expect(eventOf(engine.journal.events, 'step_succeeded')).toMatchObject({ outputs: { n: 1 }, stdout: '{"n":1}' });
  });

  test('never goes on by itself in commands that do', async () => {
    const going = pipeline([commands('a', ['one', 'two'], { mode: 'continue', retry: { ...retry, attempts: 2 } })]);
    const engine = await runEngine(going, { act: nth({ exit: 1 }, {}, { exit: 7 }) });
    expect(engine.scripts).toEqual(['one', 'two', 'clean']);
    expect(endingsOf(engine.journal.events)).toEqual({ a: 'failed: retry.before: exit code 7' });
  });
});

describe('output that is JSON', () => {
  const steps = [script('a', { outputFormat: 'json' }), script('b', { env: { N: '${{ steps.a.outputs.n }}' } })];
  const file = pipeline(steps);
  const prints = (act: Act) => (step: string) => (step === 'a' ? act : {});

  test('becomes outputs with their types, those written as outputs win', async () => {
    const engine = await runEngine(file, { act: prints({ print: '{"n": 3, "list": [1], "x": 1}', output: 'x=2\n' }) });
    expect(eventOf(engine.journal.events, 'step_succeeded', 'a').outputs).toEqual({ n: 3, list: [1], x: '2' });
    expect(engine.process('b').command.env['N']).toBe('3');
  });

  test('comes from stdout alone, without workflow commands', async () => {
    const act = { print: '::notice::hello\n{"n": 3}\n', printError: 'noise' };
    const engine = await runEngine(file, { act: prints(act) });
    expect(eventOf(engine.journal.events, 'step_succeeded', 'a').outputs).toEqual({ n: 3 });
    expect(engine.logs.get('a')).toContain('noise');
  });

  test.each([
    ['', 'failed: its output is empty, expected a JSON object'],
    ['hunter2', 'failed: its output is not JSON'],
    ['[1]', 'failed: its output is JSON, but not an object'],
  ])('that is not as it should be fails the step: %j', async (print, ending) => {
    const engine = await runEngine(file, { act: prints({ print }) });
    expect(endingsOf(engine.journal.events)['a']).toBe(ending);
    expect(eventOf(engine.journal.events, 'step_failed').exit_code).toBe(0);
  });

  test('of a script that failed counts when it can be read, and does not hide how it failed', async () => {
    const good = await runEngine(file, { act: prints({ exit: 3, print: '{"n": 3}' }) });
    expect(eventOf(good.journal.events, 'step_failed')).toMatchObject({ error: 'exit code 3', outputs: { n: 3 } });
    const broken = await runEngine(file, { act: prints({ exit: 3, print: 'usage' }) });
    expect(endingsOf(broken.journal.events)['a']).toBe('failed: exit code 3');
  });

  test('that holds a secret works in this run and is not stored', async () => {
    const secret = 'hunter2-hunter2';
    const engine = await runEngine(pipeline(steps, { secrets: ['TOKEN'] }), {
      env: { TOKEN: secret },
      act: prints({ print: JSON.stringify({ n: secret, deep: { list: [secret] }, [secret]: 1, fine: true }) }),
    });
    expect(eventOf(engine.journal.events, 'step_succeeded', 'a')).toMatchObject({
      outputs: { fine: true },
      withheld: ['n', 'deep', '***'],
    });
    expect(engine.process('b').command.env['N']).toBe(secret);
    expect(JSON.stringify([engine.journal.events, engine.display.warnings])).not.toContain(secret);
  });
});
