import { expect, test } from 'vitest';
import { handleSignals } from '../../../src/local/terminal/signals.js';

const listen = () => {
  const log: string[] = [];
  let nowMs = 0;
  const stop = handleSignals({
    abort: (signal) => log.push(`abort by ${signal}`),
    abortNow: () => log.push('abort now'),
    say: (line) => log.push(line),
    now: () => nowMs,
  });
  const send = (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP', atMs: number): void => {
    nowMs = atMs;
    process.emit(signal, signal);
  };
  return { log, send, [Symbol.dispose]: stop };
};

test('Ctrl-C once is an orderly end, twice is an end at once', () => {
  using heard = listen();
  heard.send('SIGINT', 0);
  expect(heard.log).toEqual([
    'stopping: running steps get time to end; press Ctrl-C again to end them at once',
    'abort by SIGINT',
  ]);
  heard.send('SIGINT', 500);
  expect(heard.log.slice(2)).toEqual(['ending everything at once', 'abort now']);
});

test('a Ctrl-C that arrives twice by two ways counts once', () => {
  using heard = listen();
  heard.send('SIGINT', 0);
  heard.send('SIGINT', 5);
  expect(heard.log).not.toContain('abort now');
});

test.each(['SIGTERM', 'SIGHUP'] as const)('%s is an orderly end too', (signal) => {
  using heard = listen();
  heard.send(signal, 0);
  expect(heard.log[1]).toBe(`abort by ${signal}`);
  heard.send('SIGTERM', 8000);
  expect(heard.log).toContain('abort now');
});

test('signals are given back afterwards', () => {
  const before = process.listenerCount('SIGINT');
  listen()[Symbol.dispose]();
  expect(process.listenerCount('SIGINT')).toBe(before);
});
