import { expect, test } from 'vitest';
import { coverOf } from '../../src/checkpoint/covered-journal.js';
import type { EventBody } from '../../src/state/event.js';
import { failed, groupStarted, recordRun, started, succeeded } from '../report/recorded-run.js';

/** A journal as lines of the events. */
const journalOf = (...bodies: readonly EventBody[]): string => {
  const lines: string[] = [];
  recordRun((event) => lines.push(`${JSON.stringify(event)}\n`)).add(...bodies);
  return lines.join('');
};

/** The steps that finished after the first `covered` lines. */
const uncovered = (journal: string, covered: number): readonly string[] => {
  const coveredBytes = Buffer.byteLength(journal.split('\n').slice(0, covered).join('\n')) + (covered > 0 ? 1 : 0);
  return coverOf(Buffer.from(journal), coveredBytes).uncovered;
};

const tolerated: EventBody = {
  type: 'step_continue_on_error',
  step: 'b',
  status: 'failed',
  error: 'exit code 1',
  duration_ms: 1,
  exit_code: 1,
};

test('steps that finished after what the archives cover are named', () => {
  const journal = journalOf(started('a'), succeeded('a'), started('b'), succeeded('b'), started('c'));
  expect([0, 3, 5].map((covered) => uncovered(journal, covered))).toEqual([['a', 'b'], ['b'], []]);
});

test('a tolerated step counts as finished, a failed one does not', () => {
  expect(uncovered(journalOf(started('a'), failed('a'), started('b'), tolerated), 0)).toEqual(['b']);
});

test('a group adds nothing to what its steps left', () => {
  const ended: EventBody = { type: 'step_succeeded', step: 'g', duration_ms: 1 };
  expect(uncovered(journalOf(groupStarted('g'), ended), 0)).toEqual([]);
});

test('a step in a fallback is never kept, so nothing of it has to be covered', () => {
  const paths = ['a/on_failure/x', 'g/build[2]/finally/y', 'on_abortion/z'];
  const journal = journalOf(...paths.flatMap((path) => [started(path), succeeded(path)]));
  expect(uncovered(journal, 0)).toEqual([]);
});

test('a step that only prints a success event has not succeeded', () => {
  const warned: EventBody = { type: 'run_failed', failed_step: 'a', error: '"step_succeeded"', warnings: [] };
  expect(uncovered(journalOf(started('a'), warned), 0)).toEqual([]);
});

test('a torn last line is left out, and an empty journal is as long as what is covered of it', () => {
  const whole = journalOf(started('a'));
  expect(coverOf(Buffer.from(`${whole}{"v":1,"ty`), 0).wholeBytes).toBe(Buffer.byteLength(whole));
  expect(coverOf(Buffer.alloc(0), 40).wholeBytes).toBe(40);
});
