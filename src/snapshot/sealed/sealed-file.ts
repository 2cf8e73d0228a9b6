import {
  createCipheriv,
  createDecipheriv,
  createHash,
  hkdfSync,
  randomBytes,
  scrypt,
  type DecipherGCM,
} from 'node:crypto';
import { Transform } from 'node:stream';
import { stableJson } from '../../base/stable-json.js';

/** The context a sealed file is bound to; it opens in no other. */
export type SealContext = {
  /** Id of the workflow run. */
  readonly run: string;
  readonly leg: string;
  /** Attempt of the workflow run, from 1. */
  readonly attempt: number;
  readonly sequence: number;
  /** Name of the file in the checkpoint. */
  readonly part: string;
};

/** The context that all files of one checkpoint share. */
export type CheckpointContext = Omit<SealContext, 'part'>;

/** The key that files are sealed with; opaque outside this file. */
export type SealKey = { readonly salt: Buffer; readonly master: Buffer };

/** The error of a stream that cannot open a sealed file. */
export class SealError extends Error {
  /** Marks an external problem, as opposed to our own bug. */
  readonly code = 'ESEAL';
}

const MAGIC = Buffer.from('SPSEAL1\n');
const SCRYPT_SALT_BYTES = 16;
const FILE_SALT_BYTES = 32;
const HEADER_BYTES = MAGIC.length + SCRYPT_SALT_BYTES + FILE_SALT_BYTES;
const KEY_BYTES = 32;
const TAG_BYTES = 16;
/** Plain bytes per frame; only the last frame may hold fewer. */
const FRAME_BYTES = 1024 * 1024;
const ALGORITHM = 'aes-256-gcm';
const BROKEN = 'wrong key or damaged';

/** Derives a key from a passphrase with scrypt (N = 2^15, r = 8, p = 1), which is slow; makes a new salt unless one is given. */
export const deriveSealKey = async (
  passphrase: string,
  salt: Buffer = randomBytes(SCRYPT_SALT_BYTES),
): Promise<SealKey> => ({ salt, master: await stretch(passphrase, salt) });

/**
 * Seals a stream: a header, then frames of 1 MiB, each with AES-256-GCM under a key of this file alone.
 * The construction is STREAM of Hoang, Reyhanitabar, Rogaway and Vizár, "Online Authenticated-Encryption and its
 * Nonce-Reuse Misuse-Resistance" (2015): nonces count the frames and flag the last. `docs/format.md` has the bytes.
 */
export const createSealer = (key: SealKey, context: SealContext): Transform => {
  const fileSalt = randomBytes(FILE_SALT_BYTES);
  const seal = frameSealer(fileKey(key.master, fileSalt), context);
  const framing = createFraming(FRAME_BYTES);
  let header: Buffer | undefined = Buffer.concat([MAGIC, key.salt, fileSalt]);
  const begin = (stream: Transform): void => {
    if (header !== undefined) stream.push(header);
    header = undefined;
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      begin(this);
      framing.add(chunk, (frame) => this.push(seal(frame, false)));
      done();
    },
    flush(done) {
      begin(this);
      this.push(seal(framing.rest(), true));
      done();
    },
  });
};

/**
 * Opens a file that `createSealer` sealed for the same context. Emits only authentic bytes in order, and fails with a
 * `SealError` if the file is damaged, truncated, a different file, or sealed with another passphrase. The file was whole
 * only if the stream ends without an error. Keys are cached per salt.
 */
export const createUnsealer = (passphrase: string, context: SealContext): Transform => {
  const header = createFraming(HEADER_BYTES);
  const framing = createFraming(FRAME_BYTES + TAG_BYTES);
  let open: FrameWork | undefined;
  const add = (stream: Transform, sealed: Buffer): void => {
    framing.add(sealed, (frame) => stream.push(open?.(frame, false)));
  };
  const begin = async (stream: Transform, chunk: Buffer): Promise<void> => {
    const missing = HEADER_BYTES - header.rest().length;
    header.add(chunk.subarray(0, missing), () => {});
    if (chunk.length < missing) return;
    open = await frameOpener(header.rest(), passphrase, context);
    add(stream, chunk.subarray(missing));
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (open === undefined) settle(begin(this, chunk), done);
      else guard(() => add(this, chunk), done);
    },
    flush(done) {
      guard(() => {
        if (open === undefined) throw new SealError(isSealed(header.rest()) ? BROKEN : 'not sealed');
        this.push(open(framing.rest(), true));
      }, done);
    },
  });
};

/** Whether the first bytes of a file, at least 8, are those of a sealed file. */
export const isSealed = (head: Buffer): boolean => head.subarray(0, MAGIC.length).equals(MAGIC);

/** Seals or opens one frame; called for every frame in order. */
type FrameWork = (frame: Buffer, isLast: boolean) => Buffer;

const frameSealer = (key: Buffer, context: SealContext): FrameWork => {
  const bound = boundTo(context);
  let count = 0;
  return (frame, isLast) => {
    const cipher = createCipheriv(ALGORITHM, key, nonceOf(count++, isLast), { authTagLength: TAG_BYTES });
    cipher.setAAD(bound);
    return Buffer.concat([cipher.update(frame), cipher.final(), cipher.getAuthTag()]);
  };
};

const frameOpener = async (header: Buffer, passphrase: string, context: SealContext): Promise<FrameWork> => {
  if (!isSealed(header)) throw new SealError('not sealed');
  const fileSaltAt = MAGIC.length + SCRYPT_SALT_BYTES;
  const master = await rememberedMaster(passphrase, Buffer.from(header.subarray(MAGIC.length, fileSaltAt)));
  const key = fileKey(master, header.subarray(fileSaltAt));
  const bound = boundTo(context);
  let count = 0;
  return (frame, isLast) => {
    const decipher = createDecipheriv(ALGORITHM, key, nonceOf(count++, isLast), { authTagLength: TAG_BYTES });
    decipher.setAAD(bound);
    return openFrame(decipher, frame);
  };
};

const openFrame = (decipher: DecipherGCM, frame: Buffer): Buffer => {
  const tagAt = frame.length - TAG_BYTES;
  if (tagAt < 0) throw new SealError(BROKEN);
  decipher.setAuthTag(frame.subarray(tagAt));
  const plain = decipher.update(frame.subarray(0, tagAt));
  try {
    decipher.final();
  } catch {
    throw new SealError(BROKEN);
  }
  return plain;
};

/** Additional authenticated data of every frame. */
const boundTo = ({ run, leg, attempt, sequence, part }: SealContext): Buffer =>
  Buffer.from(stableJson([run, leg, attempt, sequence, part]));

/** Seven zeros, the frame's number from 0 in four bytes, and 1 for the last frame. */
const nonceOf = (count: number, isLast: boolean): Buffer => {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(count, 7);
  nonce.writeUInt8(isLast ? 1 : 0, 11);
  return nonce;
};

/** A key for one file only, so that no two files share a nonce under a key. */
const fileKey = (master: Buffer, fileSalt: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', master, fileSalt, 'savepoint sealed file 1', KEY_BYTES));

/** Derived keys by passphrase and salt; failed derivations are removed. */
const masters = new Map<string, Promise<Buffer>>();

const rememberedMaster = (passphrase: string, salt: Buffer): Promise<Buffer> => {
  const name = createHash('sha256').update(salt).update(passphrase).digest('hex');
  const known = masters.get(name);
  if (known !== undefined) return known;
  const master = stretch(passphrase, salt);
  masters.set(name, master);
  master.catch(() => masters.delete(name));
  return master;
};

/** Needs 32 MiB, slightly more than Node's default limit. */
const SCRYPT_COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

const stretch = (passphrase: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(passphrase, salt, KEY_BYTES, SCRYPT_COST, (error, master) => {
      if (error === null) resolve(master);
      else reject(error);
    });
  });

/** Splits bytes into frames of one size, in one buffer; a full frame is held back until more bytes follow. */
type Framing = {
  readonly add: (chunk: Buffer, whole: (frame: Buffer) => void) => void;
  /** The bytes held back. */
  readonly rest: () => Buffer;
};

const createFraming = (sizeBytes: number): Framing => {
  const frame = Buffer.allocUnsafe(sizeBytes);
  let filled = 0;
  const add: Framing['add'] = (chunk, whole) => {
    for (let at = 0; at < chunk.length;) {
      if (filled === sizeBytes) {
        whole(frame);
        filled = 0;
      }
      const copied = chunk.copy(frame, filled, at);
      filled += copied;
      at += copied;
    }
  };
  return { add, rest: () => frame.subarray(0, filled) };
};

type Done = (error?: Error | null) => void;

/** Fails the stream when the work throws. */
const guard = (work: () => void, done: Done): void => {
  try {
    work();
  } catch (error) {
    return done(asError(error));
  }
  done();
};

/** The same for asynchronous work. */
const settle = (work: Promise<void>, done: Done): void => {
  work.then(
    () => done(),
    (error: unknown) => done(asError(error)),
  );
};

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
