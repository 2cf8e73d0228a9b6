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

/** What a sealed file is bound to: it opens nowhere else. */
export type SealContext = {
  /** Of the workflow run. */
  readonly run: string;
  readonly leg: string;
  /** Of the workflow run, from 1. */
  readonly attempt: number;
  readonly sequence: number;
  /** Which file of the checkpoint it is. */
  readonly part: string;
};

/** Which checkpoint sealed files belong to; all files of one share it. */
export type CheckpointContext = Omit<SealContext, 'part'>;

/** What files are sealed with. Nothing but this file looks into it. */
export type SealKey = { readonly salt: Buffer; readonly master: Buffer };

/** Why a sealed file does not open; the stream that opens it ends with this. */
export class SealError extends Error {
  /** Marks it as trouble with the world, not a bug of ours. */
  readonly code = 'ESEAL';
}

const MAGIC = Buffer.from('SPSEAL1\n');
const SCRYPT_SALT_BYTES = 16;
const FILE_SALT_BYTES = 32;
const HEADER_BYTES = MAGIC.length + SCRYPT_SALT_BYTES + FILE_SALT_BYTES;
const KEY_BYTES = 32;
const TAG_BYTES = 16;
/** Of plain bytes; only the last frame may hold fewer. */
const FRAME_BYTES = 1024 * 1024;
const ALGORITHM = 'aes-256-gcm';
const BROKEN = 'wrong key or damaged';

/** Makes a key from a passphrase with scrypt (N = 2^15, r = 8, p = 1), which takes time; a new salt unless one is given. */
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
 * Opens what `createSealer` sealed for the same context. Gives on only bytes that were sealed, in their order, and ends
 * with a `SealError` where a file is damaged, cut off, another one, or of another passphrase: only a stream that came to
 * its end was whole. Keys are remembered, so that many files of one salt cost one derivation.
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

/** Whether bytes that a file begins with, at least 8, are those of a sealed file. */
export const isSealed = (head: Buffer): boolean => head.subarray(0, MAGIC.length).equals(MAGIC);

/** Turns the bytes of one frame into those on the other side; called for every frame in order. */
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

/** Belongs to every frame without being in it. */
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

/** What passphrases were stretched to, by salt; a failed attempt is forgotten. */
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

/** Needs 32 MiB, a little more than what Node allows by default. */
const SCRYPT_COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

const stretch = (passphrase: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(passphrase, salt, KEY_BYTES, SCRYPT_COST, (error, master) => {
      if (error === null) resolve(master);
      else reject(error);
    });
  });

/** Cuts bytes into frames of one size, in one buffer; a full frame is held until it is known not to be the last. */
type Framing = {
  readonly add: (chunk: Buffer, whole: (frame: Buffer) => void) => void;
  /** What is held. */
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

/** Ends the stream when the work throws. */
const guard = (work: () => void, done: Done): void => {
  try {
    work();
  } catch (error) {
    return done(asError(error));
  }
  done();
};

/** The same for work that is waited for. */
const settle = (work: Promise<void>, done: Done): void => {
  work.then(
    () => done(),
    (error: unknown) => done(asError(error)),
  );
};

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));
