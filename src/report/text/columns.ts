import { cutMiddle, cutText, textWidth } from './text-width.js';

/** One cell of a table: safe text, and how to colour it after it is padded or cut. */
export type Cell = {
  readonly text: string;
  readonly paint?: (text: string) => string;
  readonly right?: boolean;
  /** Where to cut a text that is too wide; undefined: at its end. */
  readonly cut?: 'middle';
};

const GAP = '  ';
const NARROWEST = 6;
const WIDEST_UNBOUNDED = 60;

/**
 * Rows as aligned lines without trailing spaces.
 * With a width, the widest columns are cut first until the lines fit. Without one, nothing is cut.
 */
export const renderColumns = (rows: readonly (readonly Cell[])[], width: number | undefined): readonly string[] => {
  const natural = widthsOf(rows);
  const widths = width === undefined ? natural.map(boundPadding) : fit(natural, width);
  return rows.map((row) => renderRow(row, widths, width !== undefined));
};

const widthsOf = (rows: readonly (readonly Cell[])[]): readonly number[] => {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, textWidth(cell.text));
  }
  return widths;
};

const boundPadding = (cells: number): number => Math.min(cells, WIDEST_UNBOUNDED);

/** Lowers a common upper bound on all columns until they fit. */
const fit = (natural: readonly number[], width: number): readonly number[] => {
  const room = width - GAP.length * (natural.length - 1);
  let bound = Math.min(Math.max(0, ...natural), Math.max(room, NARROWEST));
  const bounded = (): readonly number[] => natural.map((cells) => Math.min(cells, bound));
  while (bound > NARROWEST && sum(bounded()) > room) bound -= 1;
  return bounded();
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const renderRow = (row: readonly Cell[], widths: readonly number[], cutting: boolean): string => {
  const last = row.findLastIndex((cell) => cell.text !== '');
  return row
    .slice(0, last + 1)
    .map((cell, index) => renderCell(cell, { cells: widths[index] ?? 0, cutting, last: index === last }))
    .join(GAP);
};

type Place = { readonly cells: number; readonly cutting: boolean; readonly last: boolean };

const renderCell = (cell: Cell, { cells, cutting, last }: Place): string => {
  const cut = cell.cut === 'middle' ? cutMiddle : cutText;
  const text = cutting ? cut(cell.text, cells) : cell.text;
  const painted = (cell.paint ?? ((same: string): string => same))(text);
  const padding = ' '.repeat(Math.max(0, cells - textWidth(text)));
  if (cell.right === true) return padding + painted;
  return last ? painted : painted + padding;
};
