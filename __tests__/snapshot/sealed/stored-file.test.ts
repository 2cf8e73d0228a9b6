import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { createUnsealer, deriveSealKey } from '../../../src/snapshot/sealed/sealed-file.js';
import { bestCompression, packFile } from '../../../src/snapshot/sealed/stored-file.js';
import { unpacked } from '../archives.js';
import { startSource } from '../../machine/source-child.js';
import { errorOf, newTempFolder, valueOf } from '../../machine/temp-folder.js';

const COMPRESSIONS = [...new Set([bestCompression(), 'gzip' as const])];

const CONTENT = Buffer.concat([Buffer.alloc(300_000, 'text '), randomBytes(100_000)]);
const inPieces = (content: Buffer): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(content.length / 1000) }, (_, n) => content.subarray(n * 1000, n * 1000 + 1000)),
  );

describe.each(COMPRESSIONS)('a stored file (%s)', (compression) => {
  test('holds what it was given, smaller, with its size and digest', async () => {
    using temp = newTempFolder();
    const target = temp.at('f');
    const proof = valueOf(await packFile(inPieces(CONTENT), { target, compression }));
    const stored = readFileSync(target);
    expect(unpacked(target).equals(CONTENT)).toBe(true);
    expect(proof).toEqual({ sizeBytes: stored.length, digest: createHash('sha256').update(stored).digest('hex') });
    expect(stored.length).toBeLessThan(CONTENT.length / 2);
    expect(readdirSync(temp.path)).toEqual(['f']);
  });

  test('may hold nothing', async () => {
    using temp = newTempFolder();
    valueOf(await packFile(Readable.from([]), { target: temp.at('f'), compression }));
    expect(unpacked(temp.at('f'))).toHaveLength(0);
  });

  test('is sealed after it was compressed', async () => {
    using temp = newTempFolder();
    const context = { run: '1', leg: 'l', attempt: 1, sequence: 1, part: 'f' };
    const seal = { key: await deriveSealKey('a passphrase'), context };
    const proof = valueOf(await packFile(inPieces(CONTENT), { target: temp.at('f'), compression, seal }));
    expect(readFileSync(temp.at('f'))).toHaveLength(proof.sizeBytes);
    const opened = createReadStream(temp.at('f')).pipe(createUnsealer('a passphrase', context));
    expect(unpacked(temp.write('opened', await buffer(opened))).equals(CONTENT)).toBe(true);
  });
});

describe('a file that cannot be stored', () => {
  test('is an error and not there when its source breaks off', async () => {
    using temp = newTempFolder();
    temp.write('source', CONTENT);
    const source = Readable.from(
      (async function* (): AsyncGenerator<Buffer> {
        yield CONTENT;
        for await (const chunk of createReadStream(temp.at('missing'))) yield chunk as Buffer;
      })(),
    );
    const error = errorOf(await packFile(source, { target: temp.at('f'), compression: 'gzip' }));
    expect(error).toMatch(/^cannot write .*f: ENOENT.*missing/);
    expect(readdirSync(temp.path)).toEqual(['source']);
  });

  test('is an error where there is no folder for it', async () => {
    using temp = newTempFolder();
    const target = temp.at('missing/f');
    expect(errorOf(await packFile(inPieces(CONTENT), { target, compression: 'gzip' }))).toContain('ENOENT');
  });

  test('is an error where there is no room, and the file of that name stays as it was', async () => {
    using temp = newTempFolder();
    const target = temp.write('f', 'old');
    const child = startSource(
      `
      import { randomBytes } from 'node:crypto';
      import { Readable } from 'node:stream';
      import { packFile } from 'src/snapshot/sealed/stored-file.js';
      process.on('SIGXFSZ', () => {});
      const stored = await packFile(Readable.from([randomBytes(1000000)]), { target: ${JSON.stringify(target)}, compression: 'gzip' });
      console.log(JSON.stringify(stored));`,
      'ulimit -f 4;',
    );
    expect(JSON.parse(await child.output)).toMatchObject({
      ok: false,
      error: expect.stringContaining('EFBIG') as unknown,
    });
    expect(temp.read('f')).toBe('old');
    expect(existsSync(`${target}.tmp`)).toBe(false);
  });

  test('throws when our own code breaks', async () => {
    using temp = newTempFolder();
    const source = Readable.from(
      (function* (): Generator<Buffer> {
        throw new Error('a bug');
        yield CONTENT;
      })(),
    );
    await expect(packFile(source, { target: temp.at('f'), compression: 'gzip' })).rejects.toThrow('a bug');
    expect(readdirSync(temp.path)).toEqual([]);
  });
});
