import type { DiagnosticCode } from '../model/codes.js';
import type { Diagnostic } from '../model/diagnostic.js';
import type { LineTable, Span } from './line-table.js';

/** With more mistakes than this a file is broken as a whole, and a longer list does not help. */
const MAX_MISTAKES = 1000;

/** Collects the mistakes of one file. */
export type Mistakes = {
  readonly add: (code: DiagnosticCode, at: Span, message: string) => void;
  /** Adds a warning, which does not prevent the file from running. */
  readonly warn: (code: DiagnosticCode, at: Span, message: string) => void;
  readonly any: () => boolean;
  /** Whether further mistakes are left out. */
  readonly isFull: () => boolean;
  /** The first thousand mistakes, in file order. */
  readonly list: () => readonly Diagnostic[];
  /** The warnings, in file order. */
  readonly warnings: () => readonly Diagnostic[];
};

type Found = { readonly start: number; readonly diagnostic: Diagnostic };

/** Creates an empty collection for the file of the line table. */
export const newMistakes = (lines: LineTable): Mistakes => {
  const found: Found[] = [];
  const noted: Found[] = [];
  const told = new Set<string>();
  const noteIn =
    (list: Found[]): Mistakes['add'] =>
    (code, at, message) => {
      if (list.length >= MAX_MISTAKES) return;
      // An aliased value is checked at each use, but its mistakes are reported once.
      const key = `${at.start} ${message}`;
      if (told.has(key)) return;
      told.add(key);
      list.push({ start: at.start, diagnostic: { code, message, position: lines.positionOf(at) } });
    };
  return {
    add: noteIn(found),
    warn: noteIn(noted),
    any: () => found.length > 0,
    isFull: () => found.length >= MAX_MISTAKES,
    list: () => (found.length < MAX_MISTAKES ? inOrder(found) : [...inOrder(found), TOO_MANY]),
    warnings: () => inOrder(noted),
  };
};

const inOrder = (found: Found[]): readonly Diagnostic[] =>
  found.sort((a, b) => a.start - b.start).map(({ diagnostic }) => diagnostic);

const TOO_MANY: Diagnostic = {
  code: 'too-many-mistakes' satisfies DiagnosticCode,
  message: `there are more mistakes; only ${MAX_MISTAKES} are listed`,
};
