const LONGEST = 60;

/** Quotes the user's text in a message: in double quotes, on one line, shortened. */
export const quote = (text: string): string => `"${shorten(text.replaceAll(/\s+/g, ' '), LONGEST)}"`;

/** The text, shortened to `limit` characters with `…` at its end; never splits a character. */
export const shorten = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
