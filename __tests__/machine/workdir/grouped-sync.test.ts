import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { closeSync, openSync, writeSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { groupedSync } from '../../../src/machine/workdir/grouped-sync.js';
import { errorOf, newTempFolder, valueOf } from '../temp-folder.js';

type OpenFile = { readonly fd: number; readonly [Symbol.dispose]: () => void };

const openFile = (path: string): OpenFile => {
  const fd = openSync(path, 'w');
  return { fd, [Symbol.dispose]: () => closeSync(fd) };
};

/** Counts the flushes of the test that calls it, without those of the test runner in the meantime. */
const countFlushes = (): { readonly begun: () => number; readonly [Symbol.dispose]: () => void } => {
  const ours = new AsyncLocalStorage<boolean>();
  ours.enterWith(true);
  let begun = 0;
  const init = (_id: number, type: string): void => {
    if (type === 'FSREQCALLBACK' && ours.getStore() === true) begun++;
  };
  const hook = createHook({ init }).enable();
  return { begun: () => begun, [Symbol.dispose]: () => void hook.disable() };
};

/** Timers that only run when the test says so; the disk stays real. */
const fakeTimers = (): { readonly advanceMs: (ms: number) => void; readonly [Symbol.dispose]: () => void } => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  return { advanceMs: (ms) => void vi.advanceTimersByTime(ms), [Symbol.dispose]: () => void vi.useRealTimers() };
};

describe('flushes', () => {
  test('begin with the first request, and at most one is under way', async () => {
    using temp = newTempFolder();
    using file = openFile(temp.at('f'));
    using flushes = countFlushes();
    const sync = groupedSync(file.fd);
    expect(flushes.begun()).toBe(0);
    for (let count = 0; count < 100; count++) sync.request();
    expect(flushes.begun()).toBe(1);
    valueOf(await sync.settled());
  });

  test('are two for many requests at once: those after the first wait for the second', async () => {
    using temp = newTempFolder();
    using file = openFile(temp.at('f'));
    using flushes = countFlushes();
    const sync = groupedSync(file.fd);
    for (let count = 0; count < 100; count++) {
      writeSync(file.fd, 'line\n');
      sync.request();
    }
    valueOf(await sync.settled());
    expect(flushes.begun()).toBe(2);
  });

  test('begin again for a request after the last one ended', async () => {
    using temp = newTempFolder();
    using file = openFile(temp.at('f'));
    using flushes = countFlushes();
    const sync = groupedSync(file.fd);
    sync.request();
    valueOf(await sync.settled());
    sync.request();
    valueOf(await sync.settled());
    expect(flushes.begun()).toBe(2);
  });

  test('keep a distance while no caller waits for them', async () => {
    using temp = newTempFolder();
    using file = openFile(temp.at('f'));
    using flushes = countFlushes();
    using clock = fakeTimers();
    const sync = groupedSync(file.fd);
    sync.request();
    valueOf(await sync.settled());
    sync.request();
    clock.advanceMs(19);
    expect(flushes.begun()).toBe(1);
    clock.advanceMs(1);
    expect(flushes.begun()).toBe(2);
    valueOf(await sync.settled());
  });
});

describe('settled', () => {
  test('is at once when nothing was requested', async () => {
    using temp = newTempFolder();
    using file = openFile(temp.at('f'));
    using flushes = countFlushes();
    valueOf(await groupedSync(file.fd).settled());
    expect(flushes.begun()).toBe(0);
  });

  test('answers all waiting callers, but not before the flush has ended', async () => {
    using temp = newTempFolder();
    using file = openFile(temp.at('f'));
    const sync = groupedSync(file.fd);
    const told: string[] = [];
    sync.request();
    const waits = ['a', 'b'].map((name) => sync.settled().then(() => told.push(name)));
    await Promise.resolve();
    expect(told).toEqual([]);
    await Promise.all(waits);
    expect(told).toEqual(['a', 'b']);
  });
});

/** A device without a disk behind it cannot be flushed. */
const FLUSHES_NOTHING = '/dev/null';

describe('an error', () => {
  test('is what settled says, then and later', async () => {
    using file = openFile(FLUSHES_NOTHING);
    const sync = groupedSync(file.fd);
    sync.request();
    expect(errorOf(await sync.settled())).toMatch(/^cannot bring the journal to the disk: EINVAL/);
    expect(errorOf(await sync.settled())).toContain('EINVAL');
  });

  test('ends the flushes that were requested meanwhile', async () => {
    using file = openFile(FLUSHES_NOTHING);
    using flushes = countFlushes();
    const sync = groupedSync(file.fd);
    sync.request();
    sync.request();
    expect(errorOf(await sync.settled())).toContain('EINVAL');
    expect(flushes.begun()).toBe(1);
  });

  test('ends the flushes for good', async () => {
    using file = openFile(FLUSHES_NOTHING);
    using flushes = countFlushes();
    const sync = groupedSync(file.fd);
    sync.request();
    await sync.settled();
    sync.request();
    expect(errorOf(await sync.settled())).toContain('EINVAL');
    expect(flushes.begun()).toBe(1);
  });
});
