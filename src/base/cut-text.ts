/** The text itself, or its beginning with `…` in place of what goes beyond so many characters; none is cut in half. */
export const cutText = (text: string, characters: number): string => {
  if (text.length <= characters) return text;
  // No more is looked at than can be shown: a character takes at most two places in a text.
  const shown = Array.from(text.slice(0, 2 * (characters + 1)));
  return shown.length <= characters ? text : `${shown.slice(0, characters - 1).join('')}…`;
};
