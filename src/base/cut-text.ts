/** The text itself, or its beginning with `…` in place of what goes beyond so many characters; none is cut in half. */
export const cutText = (text: string, characters: number): string => {
  if (text.length <= characters) return text;
  // No more is looked at than can be shown: a character takes at most two places in a text.
  const shown = Array.from(text.slice(0, 2 * (characters + 1)));
  return shown.length <= characters ? text : `${shown.slice(0, characters - 1).join('')}…`;
};

/** The text itself, or its beginning and its end with `…` between them; items with a long beginning in common stay apart. */
export const cutMiddle = (text: string, characters: number): string => {
  if (text.length <= characters) return text;
  const room = characters - 1;
  const start = Array.from(text.slice(0, 2 * characters)).slice(0, Math.floor(room / 3));
  const end = Array.from(text.slice(-2 * characters));
  if (text.length <= 2 * characters && Array.from(text).length <= characters) return text;
  return `${start.join('')}…${end.slice(start.length - room).join('')}`;
};
