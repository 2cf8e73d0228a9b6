import type { RunState } from '../state/run-state.js';
import { renderColumns, type Cell } from './columns.js';
import type { Paint } from './paint.js';
import { safeText } from './safe-text.js';
import { countsText } from './step-counts.js';
import { lookPaint, MARKS, stepLook, type StepLook } from './step-look.js';
import { stepTree, type StepNode } from './step-tree.js';
import { stepTime, stepWhy } from './step-why.js';

/** How a text meets its terminal. */
export type Surface = {
  readonly paint: Paint;
  /** Cells in a line; undefined where nothing needs to be cut, such as a file. */
  readonly columns: number | undefined;
};

/** What a table shows beyond the default. */
export type TableOptions = {
  /** Longer tables show only what needs a look, and the counts; undefined: no limit. */
  readonly limit: number | undefined;
  /** Shows each step's path, the word for it on the command line. */
  readonly paths: boolean;
  /** A process works on the run right now. */
  readonly live?: boolean;
};

/** The longest closing table that is printed whole, in steps. */
export const CLOSING_TABLE_LIMIT = 50;

/** The table of a run's steps: mark, step, time, attempts, why. Nested steps are indented. */
export const renderTable = (state: RunState, surface: Surface, options: TableOptions): readonly string[] => {
  const nodes = stepTree(state);
  if (nodes.length === 0) return [];
  const { limit = Infinity, paths, live = false } = options;
  const context = { state, surface, paths, live };
  if (nodes.length <= limit) return renderRows(nodes, context);
  const notable = nodes.filter(({ record }) => NOTABLE.has(stepLook(record, state)));
  const shown = notable.slice(0, limit);
  return [
    ...(shown.length > 0 ? renderRows(shown, context) : []),
    ...(notable.length > limit ? [`  and ${String(notable.length - limit)} more like these`] : []),
    surface.paint.dim(`${countsText(state)} (all of them: savepoint status)`),
  ];
};

const NOTABLE: ReadonlySet<StepLook> = new Set(['failed', 'tolerated', 'aborted', 'interrupted', 'waiting']);

type Context = {
  readonly state: RunState;
  readonly surface: Surface;
  readonly paths: boolean;
  readonly live: boolean;
};

const renderRows = (nodes: readonly StepNode[], context: Context): readonly string[] =>
  renderColumns([headRow(context), ...nodes.map((node) => stepRow(node, context))], context.surface.columns);

const headRow = ({ surface, paths }: Context): readonly Cell[] => {
  const { dim } = surface.paint;
  return [
    { text: ' ' },
    { text: 'step', paint: dim },
    ...(paths ? [{ text: 'path', paint: dim }] : []),
    { text: 'time', paint: dim, right: true },
    { text: 'attempts', paint: dim, right: true },
    { text: 'why', paint: dim },
  ];
};

const stepRow = ({ record, depth }: StepNode, { state, surface, paths, live }: Context): readonly Cell[] => {
  const look = stepLook(record, state, live);
  const paint = lookPaint(look, surface.paint);
  return [
    { text: MARKS[look], paint },
    { text: `${'  '.repeat(depth)}${safeText(record.name)}` },
    ...(paths ? [{ text: record.path, paint: surface.paint.dim }] : []),
    { text: stepTime(record, look), right: true },
    { text: record.tries > 0 ? String(record.tries) : '', right: true },
    { text: safeText(stepWhy(record, look, state)), paint: look === 'failed' ? paint : surface.paint.dim },
  ];
};
