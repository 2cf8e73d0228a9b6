// What Unicode Standard Annex 11 calls wide, to the precision that an aligned table needs.
const WIDE =
  /^(?:\p{Emoji_Presentation}|.\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}])/u;
/** ASCII and the marks of our own texts: what needs no segmenter, which takes long to load. */
const ONE_CELL_EACH = /^[ -~✓↻✗⊘▸…·–]*$/;

/** Cells a text takes on a terminal; the text holds no control characters. */
export const textWidth = (text: string): number =>
  ONE_CELL_EACH.test(text) ? text.length : graphemes(text).reduce((sum, part) => sum + cellsOf(part), 0);

/** The text, or its beginning and `…` when it would take more than `cells`. */
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

const cellsOf = (grapheme: string): number => (WIDE.test(grapheme) ? 2 : 1);

let segmenter: Intl.Segmenter | undefined;

const graphemes = (text: string): readonly string[] => {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), (part) => part.segment);
};
