/** A range of bytes; `end` is exclusive. */
export type Range = { readonly start: number; readonly end: number };

/** Searches for many byte patterns at once. */
export type PatternSearch = {
  /** The ranges that matches cover, ascending; overlapping and adjacent ranges are merged. */
  readonly cover: (data: Buffer) => readonly Range[];
  /** Start of the first match that the end of the data may cut short; the data's length when there is none. */
  readonly openFrom: (data: Buffer) => number;
};

/**
 * Prepares a search for non-empty patterns in one pass, whatever their number.
 * Wu and Manber, "A fast algorithm for multi-pattern searching" (1994), with blocks of two bytes.
 */
export const createPatternSearch = (patterns: readonly Buffer[]): PatternSearch => {
  const byFirstByte = groupByFirstByte(patterns);
  const windowBytes = Math.min(...patterns.map((pattern) => pattern.length));
  const longestBytes = Math.max(...patterns.map((pattern) => pattern.length));
  const shifts = shiftTable(patterns, windowBytes);

  const cover = (data: Buffer): readonly Range[] => {
    const ranges: Range[] = [];
    let last = windowBytes - 1;
    while (last < data.length) {
      const shift = shifts[blockAt(data, last)] ?? 0;
      if (shift === 0) {
        const start = last - windowBytes + 1;
        const length = longestMatch(byFirstByte[data[start] ?? 0] ?? [], data, start);
        if (length > 0) addRange(ranges, { start, end: start + length });
      }
      last += shift || 1;
    }
    return ranges;
  };

  const openFrom = (data: Buffer): number => {
    for (let start = Math.max(0, data.length - longestBytes + 1); start < data.length; start++) {
      if (beginsMatch(byFirstByte[data[start] ?? 0] ?? [], data, start)) return start;
    }
    return data.length;
  };

  return { cover, openFrom };
};

/** Longest first, so that the first match is the longest. */
const groupByFirstByte = (patterns: readonly Buffer[]): readonly (readonly Buffer[])[] => {
  const groups: Buffer[][] = Array.from({ length: 256 }, () => []);
  for (const pattern of patterns) groups[pattern[0] ?? 0]?.push(pattern);
  for (const group of groups) group.sort((a, b) => b.length - a.length);
  return groups;
};

/** How far the search may advance after two given bytes at the end of its window; 0: a pattern may match here. */
const shiftTable = (patterns: readonly Buffer[], windowBytes: number): Uint8Array => {
  const shifts = new Uint8Array(65_536).fill(Math.min(255, Math.max(1, windowBytes - 1)));
  for (const pattern of patterns) {
    if (windowBytes === 1) forbidShiftAfterAnything(shifts, pattern[0] ?? 0);
    for (let last = 1; last < windowBytes; last++) {
      const block = blockAt(pattern, last);
      shifts[block] = Math.min(shifts[block] ?? 0, windowBytes - 1 - last);
    }
  }
  return shifts;
};

const forbidShiftAfterAnything = (shifts: Uint8Array, byte: number): void => {
  for (let before = 0; before < 256; before++) shifts[(before << 8) | byte] = 0;
};

const blockAt = (bytes: Buffer, last: number): number => ((bytes[last - 1] ?? 0) << 8) | (bytes[last] ?? 0);

const longestMatch = (candidates: readonly Buffer[], data: Buffer, start: number): number => {
  for (const pattern of candidates) {
    if (pattern.length <= data.length - start && agree(pattern, data, { start, end: start + pattern.length })) {
      return pattern.length;
    }
  }
  return 0;
};

const beginsMatch = (candidates: readonly Buffer[], data: Buffer, start: number): boolean =>
  candidates.some(
    (pattern) => pattern.length > data.length - start && agree(pattern, data, { start, end: data.length }),
  );

/** Whether the pattern begins with this range of the data; the first byte is known to match. */
const agree = (pattern: Buffer, data: Buffer, { start, end }: Range): boolean => {
  for (let at = start + 1; at < end; at++) if (data[at] !== pattern[at - start]) return false;
  return true;
};

const addRange = (ranges: Range[], range: Range): void => {
  const previous = ranges.at(-1);
  if (previous === undefined || previous.end < range.start) ranges.push(range);
  else if (previous.end < range.end) ranges[ranges.length - 1] = { start: previous.start, end: range.end };
};
