import { expect, test } from 'vitest';
import { commands, fallbacks, group, pipeline, script } from '../../plan/pipeline-builder.js';
import { fails, waits } from '../acts.js';
import { eventOf, runEngine, startEngine } from '../engine.js';

test('a fallback is an event before its first step, with the number of processes, and one with how it ended', async () => {
  const list = [script('x'), group('g', [script('y'), commands('z', ['one', 'two'])])];
  const file = pipeline([script('a', { fallbacks: fallbacks({ finally: list }) })]);
  const engine = await startEngine(file, { act: waits('a/finally/x') });
  expect(eventOf(engine.journal.events, 'fallback_started')).toMatchObject({
    step: 'a',
    fallback: 'finally',
    to_run: 3,
  });
  await engine.clock.advance(250);
  engine.process('a/finally/x').exit(0);
  await engine.ended;
  const ended = { step: 'a', fallback: 'finally', status: 'succeeded', duration_ms: 250 };
  expect(eventOf(engine.journal.events, 'fallback_finished')).toMatchObject(ended);
});

test('one that fails says why', async () => {
  const engine = await runEngine(pipeline([script('a')], { fallbacks: fallbacks({ finally: [script('f')] }) }), {
    act: fails('finally/f'),
  });
  const ended = { step: '', fallback: 'finally', status: 'failed', error: 'exit code 1' };
  expect(eventOf(engine.journal.events, 'fallback_finished')).toMatchObject(ended);
});

test('its steps always run, and say so', async () => {
  const file = pipeline([script('a', { fallbacks: fallbacks({ finally: [script('f')] }) })]);
  const engine = await runEngine(file);
  expect(engine.state.steps.get('a/finally/f')?.because).toBe('a fallback');
});
