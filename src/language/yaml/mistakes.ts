import type { DiagnosticCode } from '../model/codes.js';
import type { Diagnostic } from '../model/diagnostic.js';
import type { LineTable, Span } from './line-table.js';

/** Beyond this many, a file is broken as a whole and a longer list helps nobody. */
const MAX_MISTAKES = 1000;

/** Collects the mistakes of one file. */
export type Mistakes = {
  readonly add: (code: DiagnosticCode, at: Span, message: string) => void;
  /** Notes what is likely a mistake, and does not keep the file from running. */
  readonly warn: (code: DiagnosticCode, at: Span, message: string) => void;
  readonly any: () => boolean;
  /** Whether further mistakes are left out. */
  readonly isFull: () => boolean;
  /** In the order of the file; those past the first thousand are left out. */
  readonly list: () => readonly Diagnostic[];
  /** What was only noted, in the order of the file. */
  readonly warnings: () => readonly Diagnostic[];
};

type Found = { readonly start: number; readonly diagnostic: Diagnostic };

/** An empty collection for the file that the line table belongs to. */
export const newMistakes = (lines: LineTable): Mistakes => {
  const found: Found[] = [];
  const noted: Found[] = [];
  const told = new Set<string>();
  const noteIn =
    (list: Found[]): Mistakes['add'] =>
    (code, at, message) => {
      if (list.length >= MAX_MISTAKES) return;
      // An aliased value is checked wherever it is used, and its mistakes told once.
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
