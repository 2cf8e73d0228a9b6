import { describe, expect, test } from 'vitest';
import { foldEvents } from '../../src/state/apply-event.js';
import { commands, group, pipeline, script } from '../plan/pipeline-builder.js';
import { fails, free, waits } from './acts.js';
import { endingsOf, eventOf, runEngine, startEngine } from './engine.js';

describe('a run', () => {
  test('begins with what it is of, and what it is going to do', async () => {
    const file = pipeline([group('g', [script('a'), commands('b', ['one', 'two'])]), script('c')], { name: 'nightly' });
    const { journal } = await runEngine(file, { inputs: { channel: 'beta', count: 2 } });
    expect(journal.events[0]).toEqual({
      v: 1,
      seq: 1,
      at: Date.UTC(2030, 0, 1),
      run: 'run-1',
      attempt: 1,
      type: 'run_started',
      pipeline: 'nightly',
      file: 'savepoint.yml',
      inputs: { channel: 'beta', count: 2 },
      commit: 'c0ffee',
    });
    expect(journal.events[1]).toMatchObject({ type: 'plan_made', to_run: 3, to_restore: 0 });
  });

  test('is known to its steps', async () => {
    const env = { RUN: '${{ run.id }} ${{ run.attempt }} ${{ run.resumed }}' };
    const file = pipeline([script('a', { env })]);
    const first = await runEngine(file, { act: fails('a') });
    const second = await runEngine(file, { after: first.journal.events });
    expect(first.process('a').command.env['RUN']).toBe('run-1 1 false');
    expect(second.process('a').command.env['RUN']).toBe('run-1 2 true');
  });

  test('whose env raises fails before its first step', async () => {
    const engine = await runEngine(pipeline([script('a')], { env: { X: "${{ fromJSON('{') }}" } }));
    expect(engine.journal.events.map(({ type }) => type)).toEqual(['run_started', 'plan_made', 'run_failed']);
    expect(eventOf(engine.journal.events, 'run_failed').error).toMatch(/^env\.X: fromJSON\(\)/);
  });
});

describe('a run ends as', () => {
  test('succeeded', async () => {
    const engine = await runEngine(pipeline([script('a')]));
    expect([engine.state.status, engine.resumable]).toEqual(['succeeded', true]);
  });

  test('succeeded with warnings, and lists them', async () => {
    const engine = await runEngine(pipeline([script('a', { continueOnError: true }), script('b')]), {
      act: fails('a'),
    });
    expect(engine.state.status).toBe('succeeded with warnings');
    expect(engine.state.warnings).toEqual(['"a" failed and was tolerated: exit code 1']);
  });

  test('failed, with the step and the warnings', async () => {
    const file = pipeline([script('a', { continueOnError: true }), group('g', [script('b')])]);
    const engine = await runEngine(file, { act: fails('a', 'g/b') });
    expect([engine.state.status, engine.state.failedStep]).toEqual(['failed', 'g/b']);
    expect(engine.state.warnings).toHaveLength(1);
  });

  test('aborted, with the warnings', async () => {
    const engine = await startEngine(pipeline([free('a', { continueOnError: true }), free('b')]), {
      act: (step) => (step === 'a' ? { exit: 1 } : { waits: true }),
    });
    engine.scope.abort({ cause: 'signal', atOnce: false });
    const { state } = await engine.ended;
    expect([state.status, state.warnings.length]).toEqual(['aborted', 1]);
  });
});

describe('a run in which nothing ran', () => {
  const message = 'nothing ran: every step was skipped';
  const no = { if: '1 == 2' };

  test.each([
    ['its steps', pipeline([script('a', no), script('b', no)])],
    ['a group', pipeline([group('g', [script('a')], no)])],
    ['the steps of its group', pipeline([group('g', [script('a', no)])])],
  ])('because of the conditions of %s says so', async (_what, file) => {
    const engine = await runEngine(file);
    expect(engine.display.warnings.map((warning) => warning.message)).toEqual([message]);
    expect(engine.state.status).toBe('succeeded');
  });

  test('is not one that kept what had run', async () => {
    const file = pipeline([script('a'), script('b', { if: 'run.attempt == 1' })]);
    const first = await runEngine(file, { act: fails('b') });
    const second = await runEngine(file, { after: first.journal.events });
    expect(second.started).toEqual([]);
    expect(second.display.warnings).toEqual([]);
  });
});

describe('a resumed run', () => {
  const file = pipeline([script('a'), script('b'), script('c')]);

  test('goes on under its id, with the next attempt and the next numbers', async () => {
    const first = await runEngine(file, { act: fails('b'), inputs: { x: 1 } });
    const second = await runEngine(file, { after: first.journal.events, inputs: { x: 2 } });
    expect(second.journal.events[0]).toMatchObject({
      type: 'run_resumed',
      seq: first.journal.events.length + 1,
      attempt: 2,
      run: 'run-1',
      inputs: { x: 2 },
    });
    expect(second.journal.events[1]).toMatchObject({ type: 'plan_made', to_run: 2, to_restore: 1 });
    expect(endingsOf(second.journal.events)).toEqual({ a: 'restored', b: 'succeeded', c: 'succeeded' });
  });

  test('is the same state that its whole journal adds up to', async () => {
    const first = await runEngine(file, { act: fails('b') });
    const second = await runEngine(file, { after: first.journal.events, act: fails('c') });
    const third = await runEngine(file, { after: [...first.journal.events, ...second.journal.events] });
    const all = [first, second, third].flatMap(({ journal }) => journal.events);
    expect(third.state).toEqual(foldEvents(all));
    expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1));
  });

  test('goes on inside a group, wherever it was killed', async () => {
    const nested = pipeline([group('g', [script('a'), script('b')]), script('c')]);
    const whole = (await runEngine(nested)).journal.events;
    for (let length = 1; length < whole.length; length += 1) {
      const after = whole.slice(0, length);
      const done = ['g/a', 'g/b', 'c'].filter((step) => endingsOf(after)[step] === 'succeeded');
      const engine = await runEngine(nested, { after });
      expect([...done, ...engine.started]).toEqual(['g/a', 'g/b', 'c']);
      expect(engine.state.status).toBe('succeeded');
    }
  });

  test('makes ready again what is asked for, and keeps what follows it valid', async () => {
    const setup = pipeline([script('setup', { onResume: 'rerun' }), script('b'), script('c')]);
    const first = await runEngine(setup, { act: fails('c') });
    const since = first.state.steps.get('setup')?.since;
    const second = await runEngine(setup, { after: first.journal.events, act: fails('c') });
    expect(second.started).toEqual(['setup', 'c']);
    expect(eventOf(second.journal.events, 'step_started', 'setup')).toMatchObject({ refresh: true });
    expect(second.state.steps.get('setup')?.since).toBe(since);
    const all = [...first.journal.events, ...second.journal.events];
    expect((await runEngine(setup, { after: all })).started).toEqual(['setup', 'c']);
  });
});

describe('a journal that cannot be written', () => {
  test('is one warning; the run goes on and is not resumable', async () => {
    const engine = await runEngine(pipeline([script('a'), script('b')]), { journalCapacity: 4 });
    expect(engine.resumable).toBe(false);
    expect(engine.state.status).toBe('succeeded');
    expect(engine.started).toEqual(['a', 'b']);
    expect(engine.journal.events).toHaveLength(4);
    expect(engine.display.events.at(-1)?.type).toBe('run_succeeded');
    expect(engine.display.warnings).toHaveLength(1);
  });
});

test('slots are as many as there are, over all groups', async () => {
  const file = pipeline(['g', 'h'].map((id) => group(id, [free('a'), free('b')], { needs: [] })));
  const engine = await startEngine(file, { act: waits('g/a', 'g/b', 'h/a', 'h/b'), maxParallel: 3 });
  expect(engine.started).toEqual(['g/a', 'g/b', 'h/a']);
});
