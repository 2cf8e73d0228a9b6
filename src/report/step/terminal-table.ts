import type { RunState } from '../../state/run-state.js';
import { renderColumns, type Cell } from '../text/columns.js';
import type { Paint } from '../text/paint.js';
import { safeText } from '../text/safe-text.js';
import { countsText } from './step-counts.js';
import { lookPaint, MARKS } from './step-look.js';
import { tableRows, type TableRow } from './table-rows.js';

/** The colours and the width of an output. */
export type Surface = {
  readonly paint: Paint;
  /** Cells in a line; undefined when nothing needs to be cut, for example in a file. */
  readonly columns: number | undefined;
};

/** Options of a table. */
export type TableOptions = {
  /**
   * Longer tables show only rows that need attention and the counts; of many items only those that need it have rows.
   * Undefined: everything is listed.
   */
  readonly limit: number | undefined;
  /** Shows each step's path, which names it on the command line. */
  readonly paths: boolean;
  /** A process is working on the run. */
  readonly live?: boolean;
  /** Says where everything is listed, for tables that are too long. */
  readonly all?: string;
};

/** The most rows of a closing table that is printed whole. */
export const CLOSING_TABLE_LIMIT = 50;

const ALL = 'all of them: savepoint status';

/** The table of a run: mark, step, time, attempts, why; children are indented below their parent. */
export const renderTable = (state: RunState, surface: Surface, options: TableOptions): readonly string[] => {
  const { limit = Infinity, paths, live = false, all = ALL } = options;
  const rows = tableRows(state, { folds: options.limit !== undefined, live });
  if (rows.length === 0) return [];
  if (rows.length <= limit) return renderRows(rows, surface, paths);
  const notable = rows.filter(({ isNotable }) => isNotable);
  const shown = notable.slice(0, limit);
  return [
    ...(shown.length > 0 ? renderRows(shown, surface, paths) : []),
    ...(notable.length > limit ? [`  and ${String(notable.length - limit)} more like these`] : []),
    surface.paint.dim(`${countsText(state)} (${all})`),
  ];
};

const renderRows = (rows: readonly TableRow[], { paint, columns }: Surface, paths: boolean): readonly string[] =>
  renderColumns([headRow(paint, paths), ...rows.map((row) => cellsOf(row, paint, paths))], columns);

const headRow = ({ dim }: Paint, paths: boolean): readonly Cell[] => [
  { text: ' ' },
  { text: 'step', paint: dim },
  ...(paths ? [{ text: 'path', paint: dim }] : []),
  { text: 'time', paint: dim, right: true },
  { text: 'attempts', paint: dim, right: true },
  { text: 'why', paint: dim },
];

const cellsOf = (row: TableRow, paint: Paint, paths: boolean): readonly Cell[] => {
  const { look } = row;
  const own = look === undefined ? paint.dim : lookPaint(look, paint);
  return [
    { text: look === undefined ? '' : MARKS[look], paint: own },
    {
      text: `${'  '.repeat(row.depth)}${safeText(row.name)}`,
      cut: 'middle',
      ...(look === undefined && { paint: own }),
    },
    ...(paths ? [{ text: row.path, cut: 'middle', paint: paint.dim } as const] : []),
    { text: row.time, right: true },
    { text: row.attempts, right: true },
    { text: safeText(row.why), paint: whyPaint(row, paint) },
  ];
};

const whyPaint = ({ look, isNotable }: TableRow, { red, yellow, dim }: Paint): ((text: string) => string) => {
  if (look === 'failed') return red;
  return look === 'succeeded' && isNotable ? yellow : dim;
};
