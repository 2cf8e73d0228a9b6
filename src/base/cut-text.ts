/** The text, shortened to at most that many characters with `…` at its end; never splits a character. */
export const cutText = (text: string, characters: number): string => {
  if (text.length <= characters) return text;
  // A character takes at most two UTF-16 units, so no more of a long text needs to be split.
  const shown = Array.from(text.slice(0, 2 * (characters + 1)));
  return shown.length <= characters ? text : `${shown.slice(0, characters - 1).join('')}…`;
};

/** The text, shortened with `…` in its middle, so that texts with a long common beginning still differ. */
export const cutMiddle = (text: string, characters: number): string => {
  if (text.length <= characters) return text;
  const room = characters - 1;
  const start = Array.from(text.slice(0, 2 * characters)).slice(0, Math.floor(room / 3));
  const end = Array.from(text.slice(-2 * characters));
  if (text.length <= 2 * characters && Array.from(text).length <= characters) return text;
  return `${start.join('')}…${end.slice(start.length - room).join('')}`;
};
