import { expect, test } from 'vitest';
import type { EventBody } from '../../src/state/event.js';
import { holdsSteps, isFinished, reliedOn, unfinishedSince } from '../../src/state/run-state.js';
import { begin, recordAfter, stateAfter, succeed } from './told-run.js';

test('steps rely on the latest record of a step, or on how it finished before it only ran again to be there', () => {
  const once = [begin('a'), succeed('a')];
  const plain = recordAfter('a', ...once);
  expect(reliedOn(plain)).toBe(plain);
  const again = recordAfter('a', ...once, begin('a', { refresh: true }));
  expect(reliedOn(again)).toEqual(plain);
  expect(reliedOn(undefined)).toBeUndefined();
});

const attemptStarted = (step: string): EventBody => ({
  type: 'attempt_started',
  step,
  try: 1,
  pid: 7,
  process_start: '70',
});
const resumed: EventBody = { type: 'run_resumed', inputs: {} };
const heldBack: EventBody = { type: 'step_skipped', step: 'a', name: 'a', because: '"b" did not succeed', held: true };

test('what an interrupted attempt wrote counts as half written until the next attempt begins', () => {
  const killed = [begin('a'), attemptStarted('a')];
  const since = recordAfter('a', ...killed).startedAt;
  expect(unfinishedSince(recordAfter('a', ...killed))).toBe(since);
  expect(unfinishedSince(recordAfter('a', ...killed, resumed, heldBack))).toBe(since);
  expect(unfinishedSince(recordAfter('a', ...killed, resumed, heldBack, resumed, begin('a')))).toBe(since);
  const again = recordAfter('a', ...killed, resumed, begin('a'), attemptStarted('a'));
  expect(unfinishedSince(again)).toBe(again.startedAt);
  expect(unfinishedSince(recordAfter('a', ...killed, resumed, begin('a'), attemptStarted('a'), succeed('a')))).toBe(
    undefined,
  );
  expect(unfinishedSince(undefined)).toBeUndefined();
});

test('a run is finished once it succeeded as a whole', () => {
  const ended = (more: { readonly partial?: true; readonly warnings?: readonly string[] }): EventBody => ({
    type: 'run_succeeded',
    outputs: {},
    warnings: [],
    ...more,
  });
  expect(isFinished(stateAfter(begin('a')))).toBe(false);
  expect(isFinished(stateAfter(ended({})))).toBe(true);
  expect(isFinished(stateAfter(ended({ warnings: ['lint'] })))).toBe(true);
  expect(isFinished(stateAfter(ended({ partial: true })))).toBe(false);
  expect(isFinished(stateAfter(ended({ partial: true }), resumed, ended({})))).toBe(true);
});

test('every kind but scripts and commands holds steps', () => {
  const kinds = ['script', 'commands', 'group', 'parallel', 'branch', 'switch', 'loop', 'fan-out', 'pipeline'] as const;
  const records = kinds.map((kind) => recordAfter(kind, begin(kind, { kind })));
  expect(records.filter((record) => !holdsSteps(record)).map(({ path }) => path)).toEqual(['script', 'commands']);
});
