// Written as ranges, because compiling `\p{Cc}` slows down every start.
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Escapes characters that would break the line, move the cursor, change colours or reorder text. */
export const safeText = (text: string): string => text.replace(UNSAFE, escape);

/** The lines of a text, each made safe by `safeText`. */
export const safeLines = (text: string): readonly string[] =>
  text
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map(safeText);

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const escape = (character: string): string => {
  const code = character.charCodeAt(0);
  return (
    SHORT[character] ??
    (code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`)
  );
};
