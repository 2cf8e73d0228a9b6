import { expect, test } from 'vitest';
import { createAbortScope, type AbortScope } from '../../../src/run/context/abort-scope.js';
import { cleanupLimitMs, cleanupScope } from '../../../src/run/context/cleanup-scope.js';
import type { ListSum } from '../../../src/run/context/run-context.js';
import type { AbortCause, Status } from '../../../src/state/event.js';
import { createScene } from '../scene.js';

const world = (
  status: Status,
): {
  run: AbortScope;
  list: AbortScope;
  inner: AbortScope & { close: () => void };
  advance: (ms: number) => Promise<void>;
  unsettled: () => number;
} => {
  const { ports, clock } = createScene();
  const [run, list] = [createAbortScope(), createAbortScope()];
  const ended: ListSum = { status, tolerated: false };
  const inner = cleanupScope(list, ended, { scope: run, ports, abortion: { when: 'now', limitMs: 0 } });
  return { run, list, inner, advance: clock.advance, unsettled: () => clock.pending };
};

test('a stop of the run stops what cleans up at once', () => {
  const { run, inner } = world('failed');
  run.abort({ cause: 'signal', atOnce: false });
  expect(inner.cause()).toBe('signal');
});

test.each<[AbortCause, Status]>([
  ['timeout-of-container', 'failed'],
  ['timeout-of-container', 'aborted'],
  ['earlier-failure', 'aborted'],
  ['gate', 'succeeded'],
])('a stop of the list (%s) leaves two minutes to what cleans up after a step that %s', async (cause, status) => {
  const { list, inner, advance } = world(status);
  list.abort({ cause, atOnce: false });
  await advance(119_999);
  expect(inner.cause()).toBeUndefined();
  await advance(1);
  expect(inner.cause()).toBe(cause);
});

test('a failure does not bound what cleans up after itself', async () => {
  const { list, inner, advance } = world('failed');
  list.abort({ cause: 'earlier-failure', atOnce: false });
  await advance(1_000_000);
  expect(inner.cause()).toBeUndefined();
});

test('nothing is left of it once it is closed', () => {
  const { list, inner, unsettled } = world('aborted');
  list.abort({ cause: 'gate', atOnce: false });
  inner.close();
  expect(unsettled()).toBe(0);
});

test('the limit is what the host says, else two minutes', () => {
  expect(cleanupLimitMs({ when: 'now', limitMs: 30_000 })).toBe(30_000);
  expect(cleanupLimitMs({ when: 'later', limitMs: 0 })).toBe(120_000);
});
