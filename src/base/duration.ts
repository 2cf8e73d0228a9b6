const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The form a duration takes in a pipeline file: a whole number and a unit. */
export const DURATION_PATTERN = /^(\d+)(ms|s|m|h|d)$/;

/** Milliseconds of a duration such as `90s`; undefined when the text is not one. */
export const parseDuration = (text: string): number | undefined => {
  const match = DURATION_PATTERN.exec(text);
  if (match === null) return undefined;
  const ms = Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? Number.NaN);
  return Number.isSafeInteger(ms) ? ms : undefined;
};

/** A duration for people: `0.3s`, `12.4s`, `3m 05s`, `2h 07m`. */
export const formatDuration = (ms: number): string => {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${String(minutes)}m ${twoDigits(seconds % 60)}s`;
  return `${String(Math.floor(minutes / 60))}h ${twoDigits(minutes % 60)}m`;
};

const twoDigits = (value: number): string => String(value).padStart(2, '0');
