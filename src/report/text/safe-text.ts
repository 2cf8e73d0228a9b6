// By code points, because `\p{Cc}` takes time at each start to be looked up.
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text on one line that cannot move the cursor, change colours or reorder what is around it: such characters are shown escaped. */
export const safeText = (text: string): string => text.replace(UNSAFE, escape);

/** `safeText` of each line of a text, for messages that may have several. */
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
