import { describe, expect, test } from 'vitest';
import { foldEvents } from '../../src/state/apply-event.js';
import { fallbacks, group, pipeline, script } from '../plan/pipeline-builder.js';
import { firedIn } from '../rig/fallback-table/gathering-outcome.js';
import { fails, waits } from './acts.js';
import { runEngine, startEngine, type World } from './engine.js';
import { CLEANING, killedIn, runLate, startLate } from './late.js';

describe('a run that was cut off', () => {
  const file = pipeline(
    [group('g', [script('a'), script('b', { fallbacks: CLEANING })], { fallbacks: CLEANING }), script('c')],
    { fallbacks: CLEANING },
  );

  test('has its claim first, then what it owes from the inside out, then its end, as its own attempt', async () => {
    const before = await killedIn(file, 'g/b');
    const late = await runLate(file, before);
    const { events } = late.journal;
    expect(events[0]).toMatchObject({ type: 'late_abortion', steps: ['g/b', 'g'], seq: before.length + 1, attempt: 1 });
    expect(late.asked).toEqual(['late_abortion']);
    const steps = ['g/b/on_abortion', 'g/b/finally', 'g/on_abortion', 'g/finally', 'on_abortion', 'finally'];
    expect(firedIn(events)).toEqual(steps);
    expect(late.started).toEqual(steps.map((list) => `${list}/f`));
    expect(events.at(-1)).toMatchObject({ type: 'run_aborted', by: 'signal', attempt: 1 });
    expect(late.state).toEqual(foldEvents([...before, ...events]));
    expect(late.state.steps.get('g/b')).toMatchObject({ status: 'aborted', error: 'the run was interrupted' });
  });

  test('has its end although nothing is declared, and asks for no claim', async () => {
    const plain = pipeline([script('a')]);
    const late = await runLate(plain, await killedIn(plain, 'a'));
    expect(late.journal.events.map(({ type }) => type)).toEqual(['late_abortion', 'run_aborted']);
    expect(late.asked).toEqual([]);
  });

  test('resumes after that as if it had only been killed', async () => {
    const before = await killedIn(file, 'g/b');
    const late = await runLate(file, before);
    const engine = await runEngine(file, { after: [...before, ...late.journal.events] });
    expect(engine.started).toEqual(['g/b', 'g/b/finally/f', 'g/finally/f', 'c', 'finally/f']);
    expect(engine.state.steps.get('g/b')?.because).toBe('it was interrupted');
    expect(engine.state.attempt).toBe(2);
  });

  test('fires nothing where the claim cannot be saved', async () => {
    const late = await runLate(file, await killedIn(file, 'g/b'), { claim: false });
    expect(late.started).toEqual([]);
    expect(late.journal.events.map(({ type }) => type)).toEqual(['late_abortion', 'run_aborted']);
    expect(late.display.warnings[0]?.message).toMatch(/^nothing cleans up after the interrupted run/);
  });

  test('fires nothing where the claim cannot be written', async () => {
    const late = await runLate(file, await killedIn(file, 'g/b'), { journalCapacity: 0 });
    expect([late.started, late.asked]).toEqual([[], []]);
  });

  test('goes on with its fallbacks when the journal breaks after the claim', async () => {
    const late = await runLate(file, await killedIn(file, 'g/b'), { journalCapacity: 3 });
    expect(late.started).toHaveLength(6);
  });

  test('ends a fallback that hangs after two minutes, and starts none after it', async () => {
    const late = await startLate(file, await killedIn(file, 'g/b'), { act: waits('g/b/on_abortion/f') });
    await late.clock.advance(120_000);
    expect((await late.ended).status).toBe('aborted');
    expect(late.started).toEqual(['g/b/on_abortion/f']);
    expect(late.display.warnings[0]?.message).toBe(
      'the fallback on_abortion of "g/b" failed: cleaning up took longer than 2m 00s',
    );
  });

  test('ends its fallbacks when it is stopped', async () => {
    const late = await startLate(file, await killedIn(file, 'g/b'), { act: waits('g/b/on_abortion/f') });
    late.scope.abort({ cause: 'signal', atOnce: false });
    await late.ended;
    expect(late.started).toEqual(['g/b/on_abortion/f']);
  });

  test('names a running step that the pipeline no longer has', async () => {
    const late = await runLate(pipeline([script('c')]), await killedIn(file, 'g/b'));
    expect(late.display.warnings.map(({ message }) => message)).toEqual([
      'the pipeline no longer has the step "g", so nothing cleans up after it',
      'the pipeline no longer has the step "g/b", so nothing cleans up after it',
    ]);
    expect(late.state.steps.get('g/b')?.status).toBe('aborted');
  });

  test('fires what it owes of a step that had failed, but not on_failure any more', async () => {
    const lists = { ...CLEANING, ...fallbacks({ on_failure: [script('f')] }) };
    const failing = pipeline([script('a', { fallbacks: lists })]);
    const { events } = (await runEngine(failing, { act: fails('a') })).journal;
    const killed = events.slice(
      0,
      events.findIndex(({ type }) => type === 'fallback_started'),
    );
    expect(firedIn((await runLate(failing, killed)).journal.events)).toEqual(['a/finally']);
  });

  test('owes nothing for what an earlier attempt finished', async () => {
    const two = pipeline([script('a', { fallbacks: CLEANING }), script('b')]);
    const first = await runEngine(two, { act: fails('b') });
    const second = await startEngine(two, { act: waits('b'), after: first.journal.events });
    const late = await runLate(two, [...first.journal.events, ...second.journal.events]);
    expect(firedIn(late.journal.events)).toEqual([]);
    expect(late.journal.events.every(({ attempt }) => attempt === 2)).toBe(true);
  });
});

describe('a run that ended', () => {
  const file = pipeline([script('a', { fallbacks: CLEANING })], { fallbacks: CLEANING });

  test.each([
    ['well', {}],
    ['badly', { act: fails('a') }],
  ] as const)('%s owes nothing', async (_how, world: World) => {
    const { journal } = await runEngine(file, world);
    const late = await runLate(file, journal.events);
    expect(late.journal.events).toEqual([]);
  });

  test('as aborted with no time for its fallbacks owes them, once', async () => {
    const engine = await startEngine(file, { act: waits('a'), abortion: 'later' });
    engine.scope.abort({ cause: 'signal', atOnce: false });
    await engine.ended;
    const late = await runLate(file, engine.journal.events);
    expect(late.journal.events[0]).toMatchObject({ type: 'late_abortion', steps: [] });
    expect(firedIn(late.journal.events)).toEqual(['a/on_abortion', 'a/finally', 'on_abortion', 'finally']);
    const again = await runLate(file, [...engine.journal.events, ...late.journal.events]);
    expect(again.journal.events).toEqual([]);
  });

  test('as aborted and had the time owes nothing', async () => {
    const engine = await startEngine(file, { act: waits('a') });
    engine.scope.abort({ cause: 'signal', atOnce: false });
    await engine.ended;
    expect((await runLate(file, engine.journal.events)).journal.events).toEqual([]);
  });
});
