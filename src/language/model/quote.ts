const LONGEST = 60;

/** A piece of the user's text inside a message: in double quotes, on one line, shortened. */
export const quote = (text: string): string => `"${shorten(text.replaceAll(/\s+/g, ' '), LONGEST)}"`;

/** A text of at most `limit` characters; `…` stands for what was cut off. Never cuts a character in two. */
export const shorten = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
