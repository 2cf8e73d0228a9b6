import { describe, expect, test } from 'vitest';
import { startSource } from '../source-child.js';
import { systemClock } from '../../../src/machine/process/clock.js';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFifoPool } from '../../../src/machine/process/fifo-pool.js';
import { openOutputPipe } from '../../../src/machine/process/output-pipe.js';

describe('captured output', () => {
  test('prints go to the listener with the one they belong to, and nowhere else', async () => {
    const { output } = startSource(`
    import { writeSync } from 'node:fs';
    import { captureOutput } from 'src/machine/process/captured-output.js';
    const heard = [];
    const onBehalf = captureOutput((text, of) => heard.push([text, of ?? null]));
    console.log('nobody');
    await onBehalf('a', async () => {
      await null;
      process.stdout.write(Buffer.from('bytes'));
    });
    process.stderr.write('error', () => writeSync(1, JSON.stringify(heard)));`);
    expect(JSON.parse(await output)).toEqual([
      ['nobody\n', null],
      ['bytes', 'a'],
      ['error', null],
    ]);
  });
});

describe('clock', () => {
  const firesAfter = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      systemClock.after(ms, resolve);
    });

  test('a callback fires once its time has passed', async () => {
    const start = systemClock.now();
    await firesAfter(20);
    expect(systemClock.now() - start).toBeGreaterThanOrEqual(19);
  });

  test('callbacks fire in the order of their times', async () => {
    const fired: string[] = [];
    systemClock.after(15, () => fired.push('second'));
    systemClock.after(5, () => fired.push('first'));
    await firesAfter(30);
    expect(fired).toEqual(['first', 'second']);
  });

  test('a cancelled callback never fires, and cancelling again is harmless', async () => {
    const fired: string[] = [];
    const cancel = systemClock.after(5, () => fired.push('cancelled'));
    cancel();
    await firesAfter(15);
    cancel();
    expect(fired).toEqual([]);
  });

  test('a time of months does not fire at once', async () => {
    const fired: string[] = [];
    const cancel = systemClock.after(2 * (2 ** 31 - 1) + 1, () => fired.push('months'));
    await firesAfter(15);
    cancel();
    expect(fired).toEqual([]);
  });
});

describe('output pipe', () => {
  const openPipes = (): number => process.getActiveResourcesInfo().filter((name) => name === 'PipeWrap').length;

  test.each(['named pipes', 'socket pairs'])(
    'output that was let go of does not keep this program alive (%s)',
    (kind) => {
      const folder = mkdtempSync(join(tmpdir(), 'savepoint-test-'));
      const pool = createFifoPool(kind === 'named pipes' ? folder : join(folder, 'missing'));
      const pipe = openOutputPipe(pool, true);
      const before = openPipes();
      const child = spawn('sleep', ['600'], { stdio: ['ignore', ...pipe.childEnds] });
      const delivery = pipe.deliver(child, () => undefined);
      expect(openPipes()).toBe(before + 2);
      delivery.detach();
      expect(openPipes()).toBe(before);
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true });
    },
  );
});

describe('v8 flags', () => {
  /** The number of collections of young objects in a program that creates many that live for a while. */
  const collectionsOf = async (first: string): Promise<number> => {
    const program = startSource(`
    import { constants, PerformanceObserver } from 'node:perf_hooks';
    import { limitHeap } from 'src/machine/process/v8-flags.js';
    ${first}
    let collections = 0;
    new PerformanceObserver((list) => {
      for (const { detail } of list.getEntries()) collections += Number(detail.kind === constants.NODE_PERFORMANCE_GC_MINOR);
    }).observe({ entryTypes: ['gc'] });
    const recent = [];
    for (let count = 0; count < 500000; count++) recent[count % 20000] = { count, text: \`text \${count}\` };
    setImmediate(() => setImmediate(() => console.log(collections)));
  `);
    return Number(await program.output);
  };

  test('a program that stays small has so little room for young objects that it collects them twice as often', async () => {
    const [small, usual] = [await collectionsOf('limitHeap();'), await collectionsOf('')];
    expect(small).toBeGreaterThan(2 * usual);
  });
});
