import { closeSync, constants, lstatSync, openSync, readlinkSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { newSha256, sha256 } from '../../base/hash.js';
import { realFile } from '../files/inside.js';

/**
 * SHA-256 in hex over files of a folder in the given order: type (`f`, `x` when executable, `l` for a link), content
 * (of a link its target text) and name. Missing files are skipped. Other work runs in between, and memory stays flat
 * however large the files are. Throws the system's errors.
 */
export const digestOfFiles = async (folder: string, names: readonly string[]): Promise<string> => {
  const whole = newSha256();
  const pace = newPace();
  for (const name of names) {
    const path = join(folder, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    const content = stat.isSymbolicLink() ? sha256(readlinkSync(path)) : await contentDigest(path, pace);
    const type = stat.isSymbolicLink() ? 'l' : (stat.mode & EXECUTABLE) === 0 ? 'f' : 'x';
    whole.update(`${type} ${content} ${name}\0`);
  }
  return whole.digest().toString('hex');
};

/** GitHub's `hashFiles()`: SHA-256 over the SHA-256 of each file's content; an empty text for no files. */
export const hashOfFiles = (folder: string, names: readonly string[]): string => {
  const files = names.flatMap((name) => realFile(folder, name) ?? []);
  if (files.length === 0) return '';
  const whole = newSha256();
  for (const file of files) {
    const content = newSha256();
    for (const slice of slicesOf(file)) content.update(slice);
    whole.update(content.digest());
  }
  return whole.digest().toString('hex');
};

const EXECUTABLE = 0o111;
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** After this many bytes, a few milliseconds of work, other pending work gets its turn. */
const TURN_BYTES = 4 * 1024 * 1024;

/** Cost of opening and closing a file, in bytes hashed in the same time. */
const FILE_COST_BYTES = 16 * 1024;

type Pace = (bytes: number) => Promise<void>;

const newPace = (): Pace => {
  let spent = 0;
  return async (bytes) => {
    spent += bytes;
    if (spent < TURN_BYTES) return;
    spent = 0;
    await nextTurn();
  };
};

const contentDigest = async (file: string, pace: Pace): Promise<string> => {
  const content = newSha256();
  for (const slice of slicesOf(file)) {
    content.update(slice);
    await pace(slice.length);
  }
  await pace(FILE_COST_BYTES);
  return content.digest().toString('hex');
};

/** Shared by all readers: each uses up a slice before anything else can run. */
const sliceBuffer = Buffer.allocUnsafeSlow(128 * 1024);

const slicesOf = function* (file: string): Generator<Buffer> {
  const fd = openSync(file, READ_FLAGS);
  try {
    for (;;) {
      const length = readSync(fd, sliceBuffer);
      if (length === 0) return;
      yield sliceBuffer.subarray(0, length);
    }
  } finally {
    closeSync(fd);
  }
};
