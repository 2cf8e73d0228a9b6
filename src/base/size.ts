const UNIT_BYTES: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** The form a size takes in a pipeline file: a whole number and a unit. */
export const SIZE_PATTERN = /^(\d+)(B|KiB|MiB|GiB)$/;

/** Bytes of a size such as `500MiB`; undefined when the text is not one, or larger than can be counted. */
export const parseSize = (text: string): number | undefined => {
  const match = SIZE_PATTERN.exec(text);
  if (match === null) return undefined;
  const bytes = Number(match[1]) * (UNIT_BYTES[match[2] ?? ''] ?? Number.NaN);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
};

/** From this fraction of a unit on, the smaller unit would be rounded to 1024. */
const ROUNDS_UP = 1023.95 / 1024;

/** A size for people: `0B`, `12.4KiB`, `1GiB`; at most one decimal. */
export const formatSize = (bytes: number): string => {
  const units = Object.entries(UNIT_BYTES).toReversed();
  const [unit, unitBytes] = units.find(([, each]) => bytes >= each * ROUNDS_UP) ?? ['B', 1];
  return `${Math.round((bytes / unitBytes) * 10) / 10}${unit}`;
};
