import { closeSync, existsSync, readdirSync, readSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createFifoPool, type Fifo, type FifoPool } from '../../../src/machine/process/fifo-pool.js';
import { newTempFolder, type TempFolder } from '../temp-folder.js';

type PoolRig = {
  readonly temp: TempFolder;
  readonly pool: FifoPool;
  /** Takes a pipe, which must be available. */
  readonly take: () => Fifo;
  readonly [Symbol.dispose]: () => void;
};

const newPoolRig = (): PoolRig => {
  const temp = newTempFolder();
  const pool = createFifoPool(temp.path);
  const open: number[] = [];
  const take = (): Fifo => {
    const fifo = pool.take();
    if (fifo === undefined) throw new Error('there should have been a pipe');
    open.push(fifo.readEnd, fifo.writeEnd);
    return fifo;
  };
  const dispose = (): void => {
    open.forEach((fd) => closeSync(fd));
    temp[Symbol.dispose]();
  };
  return { temp, pool, take, [Symbol.dispose]: dispose };
};

const readText = ({ readEnd }: Fifo): string => {
  const buffer = Buffer.alloc(100);
  return buffer.toString('utf8', 0, readSync(readEnd, buffer));
};

describe('a pipe that was taken', () => {
  test('is a named one, for this user only, and brings what is written from end to end', () => {
    using rig = newPoolRig();
    const fifo = rig.take();
    expect(statSync(fifo.path).isFIFO()).toBe(true);
    expect(statSync(fifo.path).mode & 0o777).toBe(0o600);
    writeSync(fifo.writeEnd, 'grüße');
    expect(readText(fifo)).toBe('grüße');
  });

  test('does not block its reader while there is nothing to read', () => {
    using rig = newPoolRig();
    const fifo = rig.take();
    expect(() => readText(fifo)).toThrow('EAGAIN');
  });

  test('is not shared, however many are taken', () => {
    using rig = newPoolRig();
    const taken = Array.from({ length: 40 }, rig.take);
    expect(new Set(taken.map(({ path }) => path)).size).toBe(40);
    taken.forEach(({ writeEnd }, index) => writeSync(writeEnd, String(index)));
    expect(taken.map(readText)).toEqual(taken.map((_fifo, index) => String(index)));
  });
});

test('nothing is made before the first pipe is taken', () => {
  using rig = newPoolRig();
  expect(readdirSync(rig.temp.path)).toEqual([]);
  rig.take();
  expect(readdirSync(rig.temp.path)).not.toEqual([]);
});

test('a pipe that was put back is used again', () => {
  using rig = newPoolRig();
  const first = rig.take();
  rig.pool.putBack(first);
  expect(rig.take().path).toBe(first.path);
});

test('a discarded pipe loses its name, is not used again, and still takes what its writer writes', () => {
  using rig = newPoolRig();
  const held = rig.take();
  rig.pool.discard(held);
  expect(existsSync(held.path)).toBe(false);
  const later = Array.from({ length: 40 }, rig.take);
  expect(later.map(({ path }) => path)).not.toContain(held.path);
  writeSync(held.writeEnd, 'late');
  expect(readText(held)).toBe('late');
});

describe('close', () => {
  test('removes every name but those in use, and these when they are put back', () => {
    using rig = newPoolRig();
    const [used, unused] = [rig.take(), rig.take()];
    rig.pool.putBack(unused);
    rig.pool.close();
    expect(readdirSync(rig.temp.path).map((name) => rig.temp.at(name))).toEqual([used.path]);
    rig.pool.putBack(used);
    expect(readdirSync(rig.temp.path)).toEqual([]);
  });

  test('is the end: no pipe is given out after it', () => {
    using rig = newPoolRig();
    rig.take();
    rig.pool.close();
    expect(rig.pool.take()).toBeUndefined();
  });
});

describe('there is no pipe', () => {
  test('where none can be made', () => {
    using temp = newTempFolder();
    expect(createFifoPool(temp.at('missing')).take()).toBeUndefined();
  });

  test('where its name has gone', () => {
    using rig = newPoolRig();
    const fifo = rig.take();
    rig.pool.putBack(fifo);
    unlinkSync(fifo.path);
    expect(rig.pool.take()).toBeUndefined();
  });
});

test('a folder that went away is not an error for what is given back late', () => {
  using rig = newPoolRig();
  const [first, second] = [rig.take(), rig.take()];
  rig.temp[Symbol.dispose]();
  rig.pool.discard(first);
  rig.pool.close();
  rig.pool.putBack(second);
  expect(existsSync(rig.temp.path)).toBe(false);
});
