import { describe, expect, test } from 'vitest';
import { group, parallel, pipeline, script, type StepDetails } from '../../plan/pipeline-builder.js';
import { settle } from '../../rig/settle.js';
import { fails, free, waits } from '../acts.js';
import { endingsOf, eventOf, runEngine, startEngine, type Act } from '../engine.js';

describe('a container', () => {
  test('starts before its steps and ends after them', async () => {
    const engine = await runEngine(pipeline([group('g', [script('a'), script('b')])]));
    const lines = engine.journal.events.flatMap((event) => ('step' in event ? [`${event.type} ${event.step}`] : []));
    expect(lines).toEqual([
      'step_started g',
      'step_started g/a',
      'attempt_started g/a',
      'step_succeeded g/a',
      'step_started g/b',
      'attempt_started g/b',
      'step_succeeded g/b',
      'step_succeeded g',
    ]);
  });

  test('that is a group runs its steps in order, a parallel one at once', async () => {
    const steps = [script('a'), script('b')];
    const inOrder = await startEngine(pipeline([group('g', steps)]), { act: () => ({ waits: true }) });
    const atOnce = await startEngine(pipeline([parallel('p', steps)]), { act: () => ({ waits: true }) });
    expect([inOrder.started, atOnce.started]).toEqual([['g/a'], ['p/a', 'p/b']]);
  });

  test('waits for all its steps and is as the worst of them', async () => {
    const file = pipeline([parallel('p', [script('a'), script('b')])], { failure: 'keep_going' });
    const engine = await startEngine(file, { act: (step) => (step === 'p/a' ? { exit: 7 } : { waits: true }) });
    expect(endingsOf(engine.journal.events)['p']).toBeUndefined();
    engine.process('p/b').exit(0);
    await engine.ended;
    expect(endingsOf(engine.journal.events)['p']).toBe('failed: exit code 7');
    expect(eventOf(engine.journal.events, 'run_failed').failed_step).toBe('p/a');
  });

  test.each<[string, Act, string]>([
    ['failed', { exit: 1 }, 'failed: exit code 1'],
    ['errored', { refuse: 'no such program' }, 'errored: no such program'],
  ])('of a step that %s did too', async (_what, act, ending) => {
    const engine = await runEngine(pipeline([group('g', [script('a')])]), { act: () => act });
    expect(endingsOf(engine.journal.events)['g']).toBe(ending);
  });

  test('whose steps are all skipped has succeeded', async () => {
    const engine = await runEngine(pipeline([group('g', [script('a', { if: '1 == 2' })])]));
    expect(endingsOf(engine.journal.events)['g']).toBe('succeeded');
  });

  test('whose failure is tolerated holds nothing back', async () => {
    const file = pipeline([group('g', [script('a'), script('b')], { continueOnError: true }), script('c')]);
    const engine = await runEngine(file, { act: fails('g/a') });
    expect(endingsOf(engine.journal.events)).toEqual({
      'g/a': 'failed: exit code 1',
      'g/b': 'skipped: "a" did not succeed',
      g: 'tolerated: exit code 1',
      c: 'succeeded',
    });
    expect(eventOf(engine.journal.events, 'run_succeeded').warnings).toEqual([
      '"g" failed and was tolerated: exit code 1',
    ]);
  });

  test('with a mutex holds it until its last step has ended', async () => {
    const file = pipeline([
      group('g', [script('a'), script('b')], { mutex: 'db', needs: [] }),
      free('other', { mutex: 'db' }),
    ]);
    const engine = await startEngine(file, { act: waits('g/a', 'g/b') });
    engine.process('g/a').exit(0);
    await settle();
    expect(engine.started).toEqual(['g/a', 'g/b']);
    engine.process('g/b').exit(0);
    await engine.ended;
    expect(engine.started).toEqual(['g/a', 'g/b', 'other']);
  });
});

describe('the timeout of a container', () => {
  const timed = (details: StepDetails = {}): ReturnType<typeof group> =>
    group('g', [script('a'), script('b')], { timeoutMs: 60_000, ...details });

  test('covers all its steps together and ends them', async () => {
    const engine = await startEngine(pipeline([timed()]), { act: () => ({ waits: true }) });
    await engine.clock.advance(40_000);
    engine.process('g/a').exit(0);
    await engine.clock.advance(20_000);
    await engine.ended;
    expect(engine.process('g/b').stops).toEqual([10_000]);
    expect(endingsOf(engine.journal.events)).toEqual({
      'g/a': 'succeeded',
      'g/b': 'aborted: ended because the time of what it belongs to was up',
      g: 'timed out: timed out after 1m 00s',
    });
    expect(eventOf(engine.journal.events, 'run_failed')).toMatchObject({ failed_step: 'g' });
  });

  test('is given up with its last step', async () => {
    const engine = await runEngine(pipeline([timed()]));
    expect(engine.clock.pending).toBe(0);
    expect(endingsOf(engine.journal.events)['g']).toBe('succeeded');
  });

  test('does not wait for a slot or a mutex that a step of it wants', async () => {
    const file = pipeline([
      free('slow', { mutex: 'm' }),
      group('g', [script('a', { mutex: 'm' })], { timeoutMs: 1_000, needs: [] }),
    ]);
    const engine = await startEngine(file, { act: waits('slow') });
    await engine.clock.advance(1_000);
    expect(endingsOf(engine.journal.events)).toEqual({
      'g/a': 'skipped: the time of what it belongs to was up',
      g: 'timed out: timed out after 1.0s',
    });
    engine.process('slow').exit(0);
    await engine.ended;
  });

  test('ends the containers in it too', async () => {
    const engine = await startEngine(pipeline([group('g', [group('h', [script('a')])], { timeoutMs: 1_000 })]), {
      act: waits('g/h/a'),
    });
    await engine.clock.advance(1_000);
    await engine.ended;
    const ended = 'aborted: ended because the time of what it belongs to was up';
    expect(endingsOf(engine.journal.events)).toEqual({
      'g/h/a': ended,
      'g/h': ended,
      g: 'timed out: timed out after 1.0s',
    });
  });

  test('is tolerated like any failure', async () => {
    const engine = await startEngine(pipeline([timed({ continueOnError: true }), script('c')]), { act: waits('g/a') });
    await engine.clock.advance(60_000);
    await engine.ended;
    expect(endingsOf(engine.journal.events)).toMatchObject({ g: 'tolerated: timed out after 1m 00s', c: 'succeeded' });
  });

  test('after an abort changes nothing', async () => {
    const engine = await startEngine(pipeline([timed()]), { act: () => ({ waits: true, ignoresTerm: true }) });
    engine.scope.abort({ cause: 'signal', atOnce: false });
    await engine.clock.advance(60_000);
    await engine.ended;
    expect(endingsOf(engine.journal.events)['g']).toBe('aborted: aborted by a signal');
  });
});

test('a group that another failure kept from running its steps has not succeeded', async () => {
  const file = pipeline([free('a'), free('slow'), group('g', [script('b')], { needs: [] })], { failure: 'fail_fast' });
  const engine = await startEngine(file, { act: waits('a', 'slow') });
  engine.process('a').exit(1);
  await engine.ended;
  expect(endingsOf(engine.journal.events)).toEqual({
    a: 'failed: exit code 1',
    slow: 'aborted: ended because another step failed',
    'g/b': 'skipped: another step failed',
    g: 'aborted: ended because another step failed',
  });
});

describe('the outputs of a container', () => {
  const outputsOf = async (outputs: Readonly<Record<string, string>>, act: Act = {}, details: StepDetails = {}) => {
    const file = pipeline([
      group('g', [script('a', { captures: true })], { ...details, outputs, env: { MODE: 'fast' } }),
      script('b', { if: 'always()', env: { SEEN: '${{ toJSON(steps.g.outputs) }}' } }),
    ]);
    const engine = await runEngine(file, { act: (step) => (step === 'g/a' ? act : {}) });
    const seen: unknown = JSON.parse(engine.process('b').command.env['SEEN'] ?? '');
    return { engine, seen };
  };

  test('are what later steps see of its steps, with their types', async () => {
    const outputs = {
      version: '${{ steps.a.outputs.version }}',
      text: 'v${{ steps.a.outputs.version }}',
      ok: "${{ steps.a.outcome == 'success' }}",
      code: '${{ steps.a.output.exit_code }}',
      plain: 'as it is',
    };
    const { engine, seen } = await outputsOf(outputs, { output: 'version=1.2\n' });
    const values = { version: '1.2', text: 'v1.2', ok: true, code: 0, plain: 'as it is' };
    expect(seen).toEqual(values);
    expect(eventOf(engine.journal.events, 'step_succeeded', 'g').outputs).toEqual(values);
  });

  test('see its env and what its steps exported', async () => {
    const { seen } = await outputsOf({ mode: '${{ env.MODE }}', made: '${{ env.MADE }}' }, { env: 'MADE=yes\n' });
    expect(seen).toEqual({ mode: 'fast', made: 'yes' });
  });

  test('are there after a failure too', async () => {
    const { seen } = await outputsOf(
      { version: '${{ steps.a.outputs.version }}' },
      { exit: 1, output: 'version=1.2\n' },
    );
    expect(seen).toEqual({ version: '1.2' });
  });

  test('that raise fail it, tolerated or not', async () => {
    const outputs = { bad: '${{ fromJSON(steps.a.outputs.x) }}' };
    const { engine } = await outputsOf(outputs, { output: 'x={\n' });
    const error = 'outputs.bad: fromJSON() was given a text that is not JSON in "fromJSON(steps.a.outputs.x)"';
    expect(endingsOf(engine.journal.events)['g']).toBe(`failed: ${error}`);
    expect(eventOf(engine.journal.events, 'run_failed').failed_step).toBe('g');
    const tolerated = await outputsOf(outputs, { output: 'x={\n' }, { continueOnError: true });
    expect(endingsOf(tolerated.engine.journal.events)['g']).toBe(`tolerated: ${error}`);
  });

  test('that raise do not hide why it failed', async () => {
    const { engine } = await outputsOf({ bad: '${{ fromJSON(steps.a.outputs.x) }}' }, { exit: 4, output: 'x={\n' });
    expect(endingsOf(engine.journal.events)['g']).toBe('failed: exit code 4');
  });
});

describe('what a container declares and exports', () => {
  test('its env reaches its steps, layer by layer, and nothing after it', async () => {
    const inner = group('h', [script('a')], { env: { B: 'inner', C: '${{ env.A }}-${{ env.B }}' } });
    const file = pipeline([group('g', [inner], { env: { A: 'outer', B: 'outer' } }), script('after')]);
    const engine = await runEngine(file);
    expect(engine.process('g/h/a').command.env).toMatchObject({ A: 'outer', B: 'inner', C: 'outer-outer' });
    expect(engine.process('after').command.env).not.toHaveProperty('A');
  });

  test('an env that raises fails it before it starts', async () => {
    const engine = await runEngine(pipeline([group('g', [script('a')], { env: { A: "${{ fromJSON('{') }}" } })]));
    expect(engine.started).toEqual([]);
    expect(endingsOf(engine.journal.events)['g']).toMatch(/^failed: env\.A: fromJSON\(\)/);
  });

  test('what its steps export reaches the steps after it, in the order of the file', async () => {
    const file = pipeline([
      parallel('p', [script('a'), script('b')], { env: { WHO: 'p' } }),
      script('after'),
      script('beside', { needs: [] }),
    ]);
    const engine = await startEngine(file, {
      act: (step) => (step.startsWith('p/') ? { env: `WHO=${step}\n`, path: `/${step}\n`, waits: true } : {}),
      maxParallel: 3,
    });
    engine.process('p/b').exit(0);
    await settle();
    engine.process('p/a').exit(0);
    await engine.ended;
    expect(engine.process('after').command.env).toMatchObject({ WHO: 'p/b', PATH: '/p/b:/p/a:/bin' });
    expect(engine.process('beside').command.env).not.toHaveProperty('WHO');
  });
});

test('a name is evaluated, and shown as it is written where that fails', async () => {
  const file = pipeline([
    group('g', [script('a', { if: '1 == 2', name: 'Skip ${{ inputs.what }}' })], { name: 'Do ${{ inputs.what }}' }),
    group('h', [script('b')], { name: "Do ${{ fromJSON('{') }}" }),
  ]);
  const { state } = await runEngine(file, { inputs: { what: 'it' } });
  expect([...state.steps.values()].map(({ name }) => name)).toEqual([
    'Do it',
    'Skip it',
    "Do ${{ fromJSON('{') }}",
    'b',
  ]);
});
