import { expect, test } from 'vitest';
import { listenToRunner } from '../../../src/github/runner/job-signals.js';
import type { Abort } from '../../../src/run/context/abort-scope.js';

const listen = () => {
  const stops: Abort[] = [];
  const signals = listenToRunner(() => stops.push({ cause: 'signal', atOnce: true, graceLimitMs: -1 }));
  signals.scope.onAbort((abort) => stops.push(abort));
  return { ...signals, stops, [Symbol.dispose]: signals.release };
};

test('the first signal stops the run with a short grace, a second one at once', () => {
  using heard = listen();
  expect(heard.received()).toBeUndefined();
  process.emit('SIGINT', 'SIGINT');
  expect(heard.stops).toEqual([{ cause: 'signal', atOnce: false, graceLimitMs: 4000 }]);
  process.emit('SIGTERM', 'SIGTERM');
  expect(heard.stops.slice(1)).toEqual([{ cause: 'signal', atOnce: true }]);
  expect(heard.received()).toBe('SIGINT');
});

test('a runner that only says SIGTERM is heard too', () => {
  using heard = listen();
  process.emit('SIGTERM', 'SIGTERM');
  expect([heard.received(), heard.stops.length]).toEqual(['SIGTERM', 1]);
});

test('once released nothing is listened to and nothing waits', () => {
  const before = [process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')];
  const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const heard = listen();
  process.emit('SIGINT', 'SIGINT');
  heard.release();
  expect([process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')]).toEqual(before);
  expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBe(timers);
});
