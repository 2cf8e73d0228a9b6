import type { Position } from '../model/diagnostic.js';

/** A range of a text as offsets; the end is exclusive. */
export type Span = { readonly start: number; readonly end: number };

/** Finds lines and columns in one text. */
export type LineTable = {
  /** The line of an offset, from 1. */
  readonly lineAt: (offset: number) => number;
  /** The part of a span on its first line; at least one column wide. */
  readonly positionOf: (span: Span) => Position;
};

/** Creates the line table of a text; lines end with `\n` or `\r\n`. */
export const lineTable = (text: string): LineTable => {
  const starts = lineStarts(text);
  const lineAt = (offset: number): number => countUpTo(starts, offset);
  const positionOf = ({ start, end }: Span): Position => {
    const line = lineAt(start);
    const column = start - (starts[line - 1] ?? 0) + 1;
    const lineEnd = (starts[line] ?? text.length + 1) - 1;
    const textEnd = text[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd;
    return { line, column, length: Math.max(1, Math.min(end, textEnd) - start) };
  };
  return { lineAt, positionOf };
};

const lineStarts = (text: string): readonly number[] => {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
};

const countUpTo = (sorted: readonly number[], limit: number): number => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
};
