import { expect, test } from 'vitest';
import { storableBytes } from '../../src/checkpoint/covered-journal.js';
import type { EventBody } from '../../src/state/event.js';
import { failed, groupStarted, recordRun, started, succeeded } from '../report/recorded-run.js';

/** A journal as lines of the events. */
const journalOf = (...bodies: readonly EventBody[]): string => {
  const lines: string[] = [];
  recordRun((event) => lines.push(`${JSON.stringify(event)}\n`)).add(...bodies);
  return lines.join('');
};

/** How many lines can be stored when the first `covered` are covered. */
const storableLines = (journal: string, covered: number): number => {
  const coveredBytes = Buffer.byteLength(journal.split('\n').slice(0, covered).join('\n')) + (covered > 0 ? 1 : 0);
  return journal.slice(0, storableBytes(Buffer.from(journal), coveredBytes)).split('\n').length - 1;
};

const tolerated: EventBody = {
  type: 'step_continue_on_error',
  step: 'b',
  status: 'failed',
  error: 'exit code 1',
  duration_ms: 1,
  exit_code: 1,
};

test('a journal ends before the first finished step whose files are in no archive', () => {
  const journal = journalOf(started('a'), succeeded('a'), started('b'), succeeded('b'), started('c'));
  expect(storableLines(journal, 0)).toBe(2);
  expect(storableLines(journal, 3)).toBe(4);
  expect(storableLines(journal, 5)).toBe(6);
});

test('a tolerated step counts as finished, a failed one does not', () => {
  expect(storableLines(journalOf(started('a'), failed('a'), started('b')), 0)).toBe(4);
  expect(storableLines(journalOf(started('b'), tolerated), 0)).toBe(2);
});

test('a group adds nothing to what its steps left', () => {
  const ended: EventBody = { type: 'step_succeeded', step: 'g', duration_ms: 1 };
  expect(storableLines(journalOf(groupStarted('g'), ended), 0)).toBe(3);
});

test('a step that only speaks of success is no success', () => {
  const warned: EventBody = { type: 'run_failed', failed_step: 'a', error: '"step_succeeded"', warnings: [] };
  expect(storableLines(journalOf(started('a'), warned), 0)).toBe(3);
});

test('a torn last line is left out, and an empty journal is as long as what it covers', () => {
  const whole = journalOf(started('a'));
  expect(storableBytes(Buffer.from(`${whole}{"v":1,"ty`), 0)).toBe(Buffer.byteLength(whole));
  expect(storableBytes(Buffer.alloc(0), 40)).toBe(40);
});
