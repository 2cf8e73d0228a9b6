import { expect, test } from 'vitest';
import { elapsedMs, foldDisplay, newDisplayState, type DisplayItem } from '../../src/report/fold-display.js';
import type { EventBody, RunEvent } from '../../src/state/event.js';
import type { RunState } from '../../src/state/run-state.js';
import { begun, failed, fellBack, listed, recordRun, started, succeeded, tried, triedAgain } from './recorded-run.js';

const watch = (explainsAll = false) => {
  let shown = newDisplayState(explainsAll);
  let items: DisplayItem[] = [];
  const show = (event: RunEvent, state: RunState): void => {
    const folded = foldDisplay(shown, event, state);
    shown = folded.shown;
    items.push(...folded.items);
  };
  const run = recordRun(show);
  /** The lines shown for these events. */
  const after = (...bodies: readonly EventBody[]): readonly DisplayItem[] => {
    items = [];
    run.add(...bodies);
    return items;
  };
  return { run, after, shown: () => shown, items: () => items };
};

const planned = (toRun: number, toRestore = 0): EventBody => ({
  type: 'plan_made',
  to_run: toRun,
  to_restore: toRestore,
});
const headings = (items: readonly DisplayItem[]) =>
  items.flatMap((item) => (item.kind === 'step' ? [item.heading] : []));
const kinds = (items: readonly DisplayItem[]): readonly string[] => items.map(({ kind }) => kind);

test('a run begins with its heading, and counts its steps from 1 in each attempt', () => {
  const { run, after, items } = watch();
  expect(items()).toEqual([{ kind: 'run' }]);
  expect(headings(after(planned(1, 1), started('a', 'A')))).toEqual([{ position: 1, total: 2, name: 'A' }]);
  after(failed('a'));
  run.resume();
  expect(headings(after(started('a', 'A', 'it failed last time')))).toEqual([
    { position: 1, total: 2, name: 'A', because: 'it failed last time' },
  ]);
});

test('kept and skipped steps count, containers do not', () => {
  const { run, after } = watch();
  after(planned(3), begun('g', 'group'), started('g/a', 'A'), succeeded('g/a'), succeeded('g'));
  run.resume();
  const items = after(
    planned(1, 2),
    { type: 'step_restored', step: 'g', because: 'it succeeded' },
    { type: 'step_restored', step: 'g/a', because: 'it succeeded' },
    { type: 'step_skipped', step: 'b', name: 'B', because: 'its condition was false' },
    started('c', 'C', 'it never ran'),
  );
  expect(kinds(items)).toEqual(['quiet', 'quiet', 'step']);
  expect(items[0]).toEqual({ kind: 'quiet', step: { name: 'A', because: 'it succeeded', keptFrom: 1 } });
  expect(headings(items)).toEqual([{ position: 3, total: 3, name: 'C', because: 'it never ran' }]);
});

test('a choice adds its steps to the total, which no position exceeds', () => {
  const { after } = watch();
  const items = after(
    planned(0),
    started('a', 'A'),
    begun('each', 'fan-out'),
    listed('each', [1, 2]),
    started('b', 'B'),
  );
  expect(kinds(items)).toEqual(['step', 'flow', 'step']);
  expect(headings(items)).toEqual([
    { position: 0, total: 0, name: 'A' },
    { position: 2, total: 2, name: 'B' },
  ]);
});

test('why a step runs is said on a resume, but not in a fallback; or always', () => {
  const { run, after } = watch();
  expect(headings(after(started('a')))[0]).not.toHaveProperty('because');
  after(failed('a'));
  run.resume();
  expect(headings(after(started('a/on_failure/n', 'N', 'a fallback')))[0]).not.toHaveProperty('because');
  expect(headings(watch(true).after(started('a', 'A', 'why')))[0]).toHaveProperty('because', 'why');
});

test('every end of a step is a result, and another try is a line', () => {
  const { after } = watch();
  after(started('a'));
  expect(kinds(after(tried('a'), ...triedAgain('a', 1)))).toEqual(['try', 'flow', 'try']);
  expect(after(failed('a'))).toMatchObject([{ kind: 'result', step: { path: 'a', status: 'failed' } }]);
});

test('the owner of a fallback pauses while it runs', () => {
  const { after } = watch();
  after(started('a'));
  expect(after(...fellBack('a', 'on_started'))).toEqual([
    { kind: 'pause', step: 'a' },
    { kind: 'flow', text: 'on_started of a…', paint: 'bold' },
    { kind: 'unpause', step: 'a', after: 'on_started' },
  ]);
});

test('whether an interrupted attempt is cleaned up after is reported once, at its first fallback or at its end', () => {
  const late: EventBody = { type: 'late_abortion', steps: ['a'] };
  const aborted: EventBody = { type: 'run_aborted', by: 'signal', warnings: [] };
  const cleaned = watch();
  cleaned.after(started('a'));
  const fallbacks = [...fellBack('a', 'on_abortion'), ...fellBack('a', 'finally')];
  expect(
    cleaned.after(late, ...fallbacks, aborted).filter(({ kind }) => kind === 'interrupted' || kind === 'cleanup'),
  ).toEqual([
    { kind: 'interrupted', steps: ['a'] },
    { kind: 'cleanup', steps: ['a'], runs: true },
  ]);
  const nothingOwed = watch();
  nothingOwed.after(started('a'));
  expect(nothingOwed.after(late, aborted)).toEqual([
    { kind: 'interrupted', steps: ['a'] },
    { kind: 'end' },
    { kind: 'cleanup', steps: ['a'], runs: false },
  ]);
});

test('time is counted from the start of this attempt', () => {
  const { run, after, shown } = watch();
  const state = run.add(started('a'), failed('a'));
  expect(elapsedMs(newDisplayState(false), state)).toBe(0);
  expect(elapsedMs(shown(), state)).toBe(2000);
  run.resume();
  after(started('a'));
  expect(elapsedMs(shown(), run.state())).toBe(1000);
});
