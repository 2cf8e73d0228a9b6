import type { DiagnosticCode } from './codes.js';
import type { Diagnostic } from './diagnostic.js';
import type { LineTable, Span } from './line-table.js';

/** Beyond this many, a file is broken as a whole and a longer list helps nobody. */
const MAX_MISTAKES = 1000;

/** Collects the mistakes of one file. */
export type Mistakes = {
  readonly add: (code: DiagnosticCode, at: Span, message: string) => void;
  readonly any: () => boolean;
  /** Whether further mistakes are only counted. */
  readonly isFull: () => boolean;
  /** In the order of the file; those past the first thousand are only counted. */
  readonly list: () => readonly Diagnostic[];
};

/** An empty collection for the file that the line table belongs to. */
export const newMistakes = (lines: LineTable): Mistakes => {
  const found: { readonly start: number; readonly diagnostic: Diagnostic }[] = [];
  let unlisted = 0;
  return {
    add: (code, at, message) => {
      if (found.length < MAX_MISTAKES)
        found.push({ start: at.start, diagnostic: { code, message, position: lines.positionOf(at) } });
      else unlisted += 1;
    },
    any: () => found.length > 0,
    isFull: () => found.length >= MAX_MISTAKES,
    list: () => {
      const sorted = found.sort((a, b) => a.start - b.start).map(({ diagnostic }) => diagnostic);
      return unlisted === 0 ? sorted : [...sorted, tooMany(unlisted)];
    },
  };
};

const tooMany = (unlisted: number): Diagnostic => ({
  code: 'too-many-mistakes' satisfies DiagnosticCode,
  message: `${String(unlisted)} more mistakes are not listed`,
});
