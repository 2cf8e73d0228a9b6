/** The last bytes of some output. */
export type OutputTail = {
  /** Copies what it keeps. */
  readonly push: (chunk: Buffer) => void;
  /** The kept bytes, as UTF-8 with replacement characters; begins with a whole character. */
  readonly text: () => string;
  /** The same, trimmed; if earlier output was dropped, it begins with a whole line where it has one. */
  readonly lines: () => string;
};

/** Keeps the last `limitBytes`; memory grows with the output, to twice the limit at most. */
export const createOutputTail = (limitBytes: number): OutputTail => {
  let store = Buffer.alloc(0);
  let storedBytes = 0;
  let writtenBytes = 0;

  const push = (chunk: Buffer): void => {
    const end = chunk.subarray(Math.max(0, chunk.length - limitBytes));
    writtenBytes += chunk.length;
    if (storedBytes + end.length > store.length) makeRoom(end.length);
    storedBytes += end.copy(store, storedBytes);
  };
  const makeRoom = (bytes: number): void => {
    const keep = Math.min(storedBytes, limitBytes);
    const needed = keep + bytes;
    const target = needed > store.length ? Buffer.alloc(Math.min(2 * limitBytes, 2 * needed)) : store;
    store.copy(target, 0, storedBytes - keep, storedBytes);
    store = target;
    storedBytes = keep;
  };
  const isCut = (): boolean => writtenBytes > limitBytes;
  const text = (): string => {
    const bytes = store.subarray(Math.max(0, storedBytes - limitBytes), storedBytes);
    return bytes.toString('utf8', isCut() ? brokenCharacterBytes(bytes) : 0);
  };
  const lines = (): string => {
    const whole = text().trimEnd();
    const firstEnd = isCut() ? whole.indexOf('\n') : -1;
    return whole.slice(firstEnd + 1).trim();
  };

  return { push, text, lines };
};

/** Number of bytes at the start, at most 3, that belong to a truncated UTF-8 character. */
const brokenCharacterBytes = (bytes: Buffer): number => {
  const first = bytes.subarray(0, 3).findIndex((byte) => (byte & 0xc0) !== 0x80);
  return first === -1 ? Math.min(3, bytes.length) : first;
};
