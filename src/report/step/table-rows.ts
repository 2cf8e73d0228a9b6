import { calledFilePath } from '../../language/model/pipeline.js';
import type { RunState } from '../../state/run-state.js';
import { isFlaky } from '../../state/state-file.js';
import { foldItems, type FoldedNode } from './fold-items.js';
import { fallbackLook, stepLook, type StepLook } from './step-look.js';
import { runTree, type FallbackNode, type StepNode, type TreeNode } from './step-tree.js';
import { fallbackWhy, stepWhy, timeText } from './step-why.js';

/** One row of the table of a run; its texts are not escaped yet. */
export type TableRow = {
  /** Absent on a row that summarizes several items. */
  readonly look?: StepLook;
  readonly depth: number;
  readonly name: string;
  readonly path: string;
  readonly time: string;
  /** The number of attempts; empty without any. */
  readonly attempts: string;
  readonly why: string;
  /** It failed, did not end, or passed only when tried again. */
  readonly isNotable: boolean;
};

/** Which rows to make. */
export type RowOptions = {
  /** Of many items or iterations, only those that need attention have rows; the others are counted. */
  readonly folds: boolean;
  /** A process is working on the run. */
  readonly live: boolean;
};

/** The rows of a run's table: steps, items, iterations and fallbacks, each below its parent. */
export const tableRows = (state: RunState, { folds, live }: RowOptions): readonly TableRow[] => {
  const look = (node: TreeNode): StepLook => lookOf(node, state, live);
  const isNotable = (node: TreeNode): boolean => NOTABLE.has(look(node)) || isFlakyNow(node, state);
  const nodes = folds ? foldItems(runTree(state), { look, isNotable }) : runTree(state);
  return nodes.map((node) => {
    if (node.kind === 'folded') return foldedRow(node);
    const given = { look: look(node), isNotable: isNotable(node) };
    return node.kind === 'fallback' ? fallbackRow(node, given) : stepRow(node, given, state);
  });
};

const NOTABLE: ReadonlySet<StepLook> = new Set(['failed', 'tolerated', 'aborted', 'interrupted', 'running', 'waiting']);

const lookOf = (node: TreeNode, state: RunState, live: boolean): StepLook =>
  node.kind === 'fallback' ? fallbackLook(node.record, state, live) : stepLook(node.record, state, live);

const isFlakyNow = (node: TreeNode, state: RunState): boolean =>
  node.kind === 'step' && node.record.runAttempt === state.attempt && isFlaky(node.record);

type Given = { readonly look: StepLook; readonly isNotable: boolean };

const stepRow = ({ path, record, depth }: StepNode, given: Given, state: RunState): TableRow => ({
  ...given,
  depth,
  name: record.name,
  path,
  time: timeText(record.durationMs, given.look),
  attempts: record.tries > 0 ? String(record.tries) : '',
  why: stepWhy(record, given.look, state),
});

const fallbackRow = ({ path, record, depth }: FallbackNode, given: Given): TableRow => ({
  ...given,
  depth,
  name: isCalledFile(record.owner) ? `${record.name} of its pipeline` : record.name,
  path,
  time: timeText(record.durationMs, given.look),
  attempts: '',
  why: fallbackWhy(record, given.look),
});

/** Whether a fallback belongs to a called file rather than to the step that calls it. */
const isCalledFile = (owner: string): boolean => owner.endsWith(calledFilePath(''));

const foldedRow = ({ text, depth }: FoldedNode): TableRow => ({
  depth,
  name: text,
  path: '',
  time: '',
  attempts: '',
  why: '',
  isNotable: false,
});
