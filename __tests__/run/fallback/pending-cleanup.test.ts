import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/state/event.js';
import { fallbacks, group, parallel, pipeline, script } from '../../plan/pipeline-builder.js';
import { firedIn } from '../../rig/fallback-table/gathering-outcome.js';
import { fails, free } from '../acts.js';
import { runEngine } from '../engine.js';
import { ALL, killedIn, runLate } from '../late.js';

describe('wherever a run was killed', () => {
  const nested = fallbacks({ on_failure: [script('n', { fallbacks: ALL })], finally: [script('f')] });
  const file = pipeline(
    [
      script('a', { fallbacks: ALL }),
      group('g', [script('b', { fallbacks: ALL }), script('c', { fallbacks: nested, continueOnError: true })], {
        fallbacks: ALL,
      }),
      parallel('p', [free('d', { fallbacks: ALL }), free('e', { fallbacks: ALL })], { fallbacks: ALL }),
    ],
    { fallbacks: ALL },
  );

  const acts = [
    ['succeeds', fails('g/c')],
    ['fails inside', fails('g/c', 'g/b')],
    ['fails beside', fails('g/c', 'p/d')],
    ['fails at a fallback', fails('g/c', 'a/on_success/f')],
    ['fails at the beginning', fails('on_started/f')],
  ] as const;

  test.each(acts)(
    'each fallback fires at most once, and what it owed exactly once: a run that %s',
    async (_how, act) => {
      const { events } = (await runEngine(file, { act })).journal;
      for (let length = 1; length < events.length; length += 1) {
        const before = events.slice(0, length);
        const late = await runLate(file, before);
        const fired = firedIn([...before, ...late.journal.events]);
        expect(fired.toSorted()).toEqual([...new Set(fired)].toSorted());
        expect(missing(before, fired)).toEqual([]);
        expect(late.state.status).toBe('aborted');
        expect([...late.state.steps.values()].filter(({ status }) => status === 'running')).toEqual([]);
      }
    },
  );

  test('and killed again while it cleaned up, only its end is left', async () => {
    const before = await killedIn(file, 'g/b');
    const { events } = (await runLate(file, before)).journal;
    for (let length = 1; length < events.length; length += 1) {
      const late = await runLate(file, [...before, ...events.slice(0, length)]);
      expect(late.journal.events.map(({ type }) => type)).toEqual(['run_aborted']);
    }
  });

  /** What began before the kill, and has not fired what belongs to each ending: one of three, and `finally`. */
  const missing = (before: readonly RunEvent[], fired: readonly string[]): readonly string[] => {
    const begun = before.flatMap((event) => (event.type === 'step_started' ? [event.step] : []));
    const ended = new Set(
      before.flatMap((event) => (ENDS.includes(event.type) && 'step' in event ? [event.step] : [])),
    );
    const withAll = begun.filter((path) => !/(^|\/)(f|c)$/.test(path));
    return [
      ...withAll.filter((path) => !fired.includes(`${path}/finally`)).map((path) => `${path}/finally`),
      ...withAll.filter((path) => !ended.has(path) && !LAST.some((name) => fired.includes(`${path}/${name}`))),
      ...(fired.includes('finally') ? [] : ['finally']),
    ];
  };

  const ENDS: readonly string[] = ['step_succeeded', 'step_failed', 'step_continue_on_error'];
  const LAST = ['on_success', 'on_failure', 'on_abortion'];
});
