/** Repeatable random values: the same seed gives the same values. */
export type Random = {
  /** A whole number from 0, under the limit. */
  readonly below: (limit: number) => number;
  /** A text of characters of an alphabet. */
  readonly text: (alphabet: string, length: number) => string;
  /** The bytes, split into pieces of 1 to `maxBytes`. */
  readonly chunks: (bytes: Buffer, maxBytes: number) => readonly Buffer[];
};

/** Marsaglia's xorshift, 32 bits. */
export const createRandom = (seed: number): Random => {
  let state = seed;
  const below = (limit: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  const text = (alphabet: string, length: number): string =>
    Array.from({ length }, () => alphabet.charAt(below(alphabet.length))).join('');
  const chunks = (bytes: Buffer, maxBytes: number): readonly Buffer[] => {
    const pieces: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += pieces.at(-1)?.length ?? 0) {
      pieces.push(bytes.subarray(at, at + 1 + below(maxBytes)));
    }
    return pieces;
  };
  return { below, text, chunks };
};
