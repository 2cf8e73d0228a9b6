import { describe, expect, test } from 'vitest';
import { digestSecrets } from '../../../src/github/runner/digest-secrets.js';
import { listenToRunner } from '../../../src/github/runner/job-signals.js';
import type { Abort } from '../../../src/run/context/abort-scope.js';
import { createSecretMasks } from '../../../src/github/runner/secret-masks.js';

describe('digest secrets', () => {
  test('it is the same for the same values of one start, and another for all others', () => {
    const given = { names: ['A', 'B'], env: { A: 'one', B: 'two', C: 'three' }, nonce: 'abc' };
    const same = digestSecrets({ ...given, env: { A: 'one', B: 'two' } });
    expect(digestSecrets(given)).toBe(same);
    const others = [
      { ...given, env: { A: 'one', B: 'other' } },
      { ...given, env: { A: 'two', B: 'one' } },
      { ...given, nonce: 'def' },
    ];
    expect(new Set([same, ...others.map(digestSecrets)]).size).toBe(4);
    expect(same).not.toContain('one');
  });
});

describe('job signals', () => {
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
});

describe('secret masks', () => {
  const tell = (...values: readonly string[]): readonly string[] => {
    const told: string[] = [];
    const masks = createSecretMasks((value) => told.push(value));
    for (const value of values) masks.add(value);
    return told;
  };

  test('a value is passed on once', () => {
    expect(tell('abc', 'def', 'abc')).toEqual(['abc', 'def']);
  });

  test('a value of several lines is passed on as a whole and line by line', () => {
    expect(tell('one\r\n\ntwo')).toEqual(['one\r\n\ntwo', 'one', 'two']);
  });

  test('nothing blank is passed on, because the runner would warn of it', () => {
    expect(tell('', ' \n ')).toEqual([]);
  });
});
