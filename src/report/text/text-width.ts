// The wide characters of Unicode Standard Annex 11, as precise as an aligned table needs.
const WIDE =
  /^(?:\p{Emoji_Presentation}|.\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}])/u;
/** ASCII and Savepoint's own marks, which are measured without a segmenter, because that is slow to load. */
const ONE_CELL_EACH = /^[ -~✓↻✗⊘▸…·–]*$/;

/** The width of a text on a terminal, in cells; the text must hold no control characters. */
export const textWidth = (text: string): number =>
  ONE_CELL_EACH.test(text) ? text.length : graphemes(text).reduce((sum, part) => sum + cellsOf(part), 0);

/** The text, shortened to at most `cells` with `…` at its end. */
export const cutText = (text: string, cells: number): string => {
  if (textWidth(text) <= cells) return text;
  if (cells < 1) return '';
  let kept = '';
  let used = 0;
  for (const part of graphemes(text)) {
    used += cellsOf(part);
    if (used > cells - 1) break;
    kept += part;
  }
  return `${kept}…`;
};

/** The text, shortened to at most `cells` with `…` in its middle. */
export const cutMiddle = (text: string, cells: number): string => {
  if (textWidth(text) <= cells) return text;
  const start = cutText(text, Math.ceil(cells / 2));
  const parts = graphemes(text);
  let used = textWidth(start);
  let from = parts.length;
  for (let part = parts[from - 1]; part !== undefined && used + cellsOf(part) <= cells; part = parts[from - 1]) {
    used += cellsOf(part);
    from -= 1;
  }
  return `${start}${parts.slice(from).join('')}`;
};

const cellsOf = (grapheme: string): number => (WIDE.test(grapheme) ? 2 : 1);

let segmenter: Intl.Segmenter | undefined;

const graphemes = (text: string): readonly string[] => {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), (part) => part.segment);
};
