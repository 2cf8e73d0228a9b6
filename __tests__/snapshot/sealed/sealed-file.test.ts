import { createHook } from 'node:async_hooks';
import { createDecipheriv, hkdfSync, randomBytes, scryptSync } from 'node:crypto';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  createSealer,
  createUnsealer,
  deriveSealKey,
  isSealed,
  SealError,
  type SealContext,
  type SealKey,
} from '../../../src/snapshot/sealed/sealed-file.js';
import { createRandom } from '../../rig/random.js';

const MIB = 1024 * 1024;
const HEADER = 56;
const TAG = 16;
const PASSPHRASE = 'correct horse battery staple';
const CONTEXT: SealContext = { run: '123', leg: 'abc', attempt: 2, sequence: 7, part: '000001.tree' };

let key: SealKey;
beforeAll(async () => {
  key = await deriveSealKey(PASSPHRASE);
});

const through = async (transform: Transform, chunks: readonly Buffer[]): Promise<Buffer> => {
  const given: Buffer[] = [];
  await pipeline(Readable.from(chunks), transform, async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) given.push(chunk);
  });
  return Buffer.concat(given);
};

const seal = (plain: Buffer, context = CONTEXT): Promise<Buffer> => through(createSealer(key, context), [plain]);
const open = (sealed: Buffer, context = CONTEXT, passphrase = PASSPHRASE): Promise<Buffer> =>
  through(createUnsealer(passphrase, context), [sealed]);

/** The header and frames of a sealed file, to build a changed one from them. */
const partsOf = (sealed: Buffer): { readonly header: Buffer; readonly frames: readonly Buffer[] } => {
  const frames: Buffer[] = [];
  for (let at = HEADER; at < sealed.length; at += MIB + TAG) frames.push(sealed.subarray(at, at + MIB + TAG));
  return { header: sealed.subarray(0, HEADER), frames };
};

describe('what was sealed opens as it was', () => {
  test.each([0, 1, 1000, MIB - 1, MIB, MIB + 1, 2 * MIB, 2 * MIB + 5])('with %i bytes', async (size) => {
    const plain = randomBytes(size);
    const sealed = await seal(plain);
    expect(sealed.length).toBe(HEADER + size + TAG * Math.max(1, Math.ceil(size / MIB)));
    expect(Buffer.compare(await open(sealed), plain)).toBe(0);
  });

  test('whatever pieces it comes in', async () => {
    const random = createRandom(5);
    const plain = randomBytes(MIB + 3000);
    const sealed = await through(createSealer(key, CONTEXT), random.chunks(plain, 30_000));
    const opened = await through(createUnsealer(PASSPHRASE, CONTEXT), [
      ...random.chunks(sealed.subarray(0, 100), 3),
      ...random.chunks(sealed.subarray(100), 300_000),
    ]);
    expect(Buffer.compare(opened, plain)).toBe(0);
  });

  test('with the key that its header and passphrase lead to', async () => {
    const again = await deriveSealKey(PASSPHRASE, key.salt);
    const sealed = await through(createSealer(again, CONTEXT), [Buffer.from('text')]);
    expect(String(await open(sealed))).toBe('text');
  });
});

test('the bytes are those that docs/format.md describes', async () => {
  const plain = randomBytes(MIB + 10);
  const sealed = await seal(plain);
  expect(sealed.toString('latin1', 0, 8)).toBe('SPSEAL1\n');
  const master = scryptSync(PASSPHRASE, sealed.subarray(8, 24), 32, { N: 32_768, r: 8, p: 1, maxmem: 2 ** 26 });
  const fileKey = Buffer.from(hkdfSync('sha256', master, sealed.subarray(24, 56), 'savepoint sealed file 1', 32));
  const opened = partsOf(sealed).frames.map((frame, index) => {
    const nonce = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, index, index === 1 ? 1 : 0]);
    const decipher = createDecipheriv('aes-256-gcm', fileKey, nonce);
    decipher.setAAD(Buffer.from('["123","abc",2,7,"000001.tree"]'));
    decipher.setAuthTag(frame.subarray(-TAG));
    return Buffer.concat([decipher.update(frame.subarray(0, -TAG)), decipher.final()]);
  });
  expect(Buffer.compare(Buffer.concat(opened), plain)).toBe(0);
});

test('the same bytes are never sealed to the same bytes', async () => {
  const [first, second] = await Promise.all([seal(Buffer.alloc(100)), seal(Buffer.alloc(100))]);
  expect(first.subarray(0, 24)).toEqual(second.subarray(0, 24));
  expect(first.subarray(24, 56)).not.toEqual(second.subarray(24, 56));
  expect(first.subarray(56)).not.toEqual(second.subarray(56));
});

describe('a file does not open', () => {
  const refusal = { name: 'Error', message: 'wrong key or damaged', code: 'ESEAL' };
  let plain: Buffer;
  let sealed: Buffer;
  beforeAll(async () => {
    plain = randomBytes(3 * MIB);
    sealed = await seal(plain);
  });

  test('with another passphrase, which looks like damage', async () => {
    await expect(open(sealed, CONTEXT, 'another one')).rejects.toMatchObject(refusal);
  });

  test.each<[string, Partial<SealContext>]>([
    ['run', { run: '124' }],
    ['leg', { leg: 'abd' }],
    ['attempt', { attempt: 3 }],
    ['sequence', { sequence: 8 }],
    ['part', { part: '000002.tree' }],
  ])('as that of another %s', async (_what, other) => {
    await expect(open(sealed, { ...CONTEXT, ...other })).rejects.toMatchObject(refusal);
  });

  test.each([
    HEADER + 3,
    HEADER + TAG,
    HEADER + MIB,
    HEADER + MIB + TAG,
    HEADER + 2 * (MIB + TAG),
    HEADER + 3 * (MIB + TAG) - 1,
  ])('when only its first %i bytes are there', async (length) => {
    await expect(open(sealed.subarray(0, length))).rejects.toMatchObject(refusal);
  });

  test('when it ends within its header', async () => {
    await expect(open(sealed.subarray(0, HEADER))).rejects.toMatchObject(refusal);
    await expect(open(sealed.subarray(0, HEADER - 1))).rejects.toMatchObject(refusal);
  });

  test('when something follows it', async () => {
    await expect(open(Buffer.concat([sealed, Buffer.alloc(1)]))).rejects.toMatchObject(refusal);
  });

  test.each([9, 30, HEADER, HEADER + MIB + TAG + 5, -1])('when byte %i is another', async (at) => {
    const damaged = Buffer.from(sealed);
    const index = at < 0 ? damaged.length + at : at;
    damaged.writeUInt8(damaged.readUInt8(index) ^ 1, index);
    await expect(open(damaged)).rejects.toMatchObject(refusal);
  });

  test.each([
    ['in another order', [1, 0, 2]],
    ['twice', [0, 0, 1, 2]],
    ['not all', [0, 2]],
    ['none', [2]],
  ])('with its frames %s', async (_what, order) => {
    const { header, frames } = partsOf(sealed);
    const other = Buffer.concat([header, ...order.map((index) => frames[index] ?? Buffer.alloc(0))]);
    await expect(open(other)).rejects.toMatchObject(refusal);
  });

  test('with a frame of another file', async () => {
    const other = partsOf(await seal(plain));
    const { header, frames } = partsOf(sealed);
    const mixed = Buffer.concat([header, ...frames.slice(0, 2), other.frames[2] ?? Buffer.alloc(0)]);
    await expect(open(mixed)).rejects.toMatchObject(refusal);
  });

  test('when it was never sealed', async () => {
    await expect(open(Buffer.alloc(100))).rejects.toMatchObject({ message: 'not sealed', code: 'ESEAL' });
    await expect(open(Buffer.from('{}'))).rejects.toThrow(SealError);
    await expect(open(Buffer.alloc(0))).rejects.toThrow('not sealed');
  });
});

test('nothing is given on that was not sealed', async () => {
  const plain = randomBytes(2 * MIB);
  const sealed = await seal(plain);
  sealed.writeUInt8(sealed.readUInt8(sealed.length - 1) ^ 1, sealed.length - 1);
  const given: Buffer[] = [];
  const stream = Readable.from([sealed]).pipe(createUnsealer(PASSPHRASE, CONTEXT));
  await expect(async () => {
    for await (const chunk of stream) given.push(chunk as Buffer);
  }).rejects.toThrow('wrong key or damaged');
  const opened = Buffer.concat(given);
  expect(Buffer.compare(opened, plain.subarray(0, opened.length))).toBe(0);
  expect(opened.length).toBeLessThanOrEqual(MIB);
});

test('no more is held than a few frames, however long the file', async () => {
  let drawn = 0;
  let received = 0;
  let mostHeld = 0;
  const piece = Buffer.alloc(MIB / 16);
  const source = Readable.from(
    (function* () {
      for (; drawn < 32 * MIB; drawn += piece.length) yield piece;
    })(),
  );
  await pipeline(
    source,
    createSealer(key, CONTEXT),
    createUnsealer(PASSPHRASE, CONTEXT),
    async (opened: AsyncIterable<Buffer>) => {
      for await (const chunk of opened) {
        mostHeld = Math.max(mostHeld, drawn - received);
        received += chunk.length;
      }
    },
  );
  expect(received).toBe(32 * MIB);
  expect(mostHeld).toBeLessThan(8 * MIB);
});

test('files of one salt cost one derivation, also when opened at the same time', async () => {
  const fresh = await deriveSealKey('a passphrase of its own');
  const sealed = await through(createSealer(fresh, CONTEXT), [Buffer.from('a')]);
  let derivations = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'SCRYPTREQUEST') derivations += 1;
    },
  }).enable();
  try {
    const openIt = (): Promise<Buffer> => open(sealed, CONTEXT, 'a passphrase of its own');
    await Promise.all([openIt(), openIt()]);
    await openIt();
  } finally {
    hook.disable();
  }
  expect(derivations).toBe(1);
});

test('every key has its own salt unless one is given', async () => {
  const other = await deriveSealKey(PASSPHRASE);
  expect(other.salt).not.toEqual(key.salt);
  expect(other.master).not.toEqual(key.master);
});

test('a sealed file is recognised by how it begins', async () => {
  expect(isSealed(await seal(Buffer.alloc(0)))).toBe(true);
  expect(isSealed(Buffer.from('{"format":1}'))).toBe(false);
  expect(isSealed(Buffer.from('SPSEAL'))).toBe(false);
});
