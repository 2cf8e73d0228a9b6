import type { StepLook } from './step-look.js';
import { plural } from './step-counts.js';
import type { StepNode, TreeNode } from './step-tree.js';

/** A row that summarizes items or iterations: `… 97 items succeeded`. */
export type FoldedNode = { readonly kind: 'folded'; readonly depth: number; readonly text: string };

/** How to look at the nodes of a tree. */
export type Judgement = {
  readonly look: (node: TreeNode) => StepLook;
  /** The node needs attention, so neither it nor anything around it is folded. */
  readonly isNotable: (node: TreeNode) => boolean;
};

/** Up to this many items or iterations are all listed. */
export const ITEMS_LISTED = 20;

/** Folds fan-outs and loops with many items: lists only those that need attention, and counts the rest. */
export const foldItems = (
  nodes: readonly TreeNode[],
  { look, isNotable }: Judgement,
): readonly (TreeNode | FoldedNode)[] => {
  const ends = endsOf(nodes);
  const isLoud = loudParts(nodes, ends, isNotable);
  const rows: (TreeNode | FoldedNode)[] = [];
  const list = (from: number, to: number, folder?: StepNode): void => {
    const counts = new Map<StepLook, number>();
    for (let at = from; at < to; at = ends[at] ?? to) {
      const node = nodes[at];
      if (node === undefined) return;
      if (folder !== undefined && isMember(node, folder) && isLoud[at] !== true) {
        counts.set(look(node), (counts.get(look(node)) ?? 0) + 1);
        continue;
      }
      rows.push(node);
      list(at + 1, ends[at] ?? to, isBig(node) ? node : undefined);
    }
    if (folder !== undefined && counts.size > 0) rows.push(foldedNode(folder, counts));
  };
  list(0, nodes.length);
  return rows;
};

/** For each node, the index after its last descendant. */
const endsOf = (nodes: readonly TreeNode[]): readonly number[] => {
  const ends = nodes.map(() => nodes.length);
  const open: number[] = [];
  for (const [index, { depth }] of nodes.entries()) {
    while (open.length > depth) ends[open.pop() ?? 0] = index;
    open.push(index);
  }
  return ends;
};

/** For each node, whether it or a descendant needs attention. */
const loudParts = (
  nodes: readonly TreeNode[],
  ends: readonly number[],
  isNotable: Judgement['isNotable'],
): readonly boolean[] => {
  const isLoud = nodes.map(isNotable);
  // Going backwards, the nearest notable node is a descendant if it comes before the node's end.
  let nearest = Infinity;
  for (let index = nodes.length - 1; index >= 0; index -= 1) {
    if (isLoud[index] === true) nearest = index;
    isLoud[index] = nearest < (ends[index] ?? 0);
  }
  return isLoud;
};

const isBig = (node: TreeNode): node is StepNode => {
  if (node.kind !== 'step') return false;
  const { choice } = node.record;
  if (choice?.kind === 'items') return choice.items.length > ITEMS_LISTED;
  return choice?.kind === 'iterations' && choice.count > ITEMS_LISTED;
};

const isMember = (node: TreeNode, folder: StepNode): boolean =>
  node.kind === 'step' && node.path.startsWith(`${folder.path}[`);

const WORDS: readonly StepLook[] = ['succeeded', 'kept', 'skipped'];

const foldedNode = (folder: StepNode, counts: ReadonlyMap<StepLook, number>): FoldedNode => {
  const noun = folder.record.choice?.kind === 'iterations' ? 'iteration' : 'item';
  const parts = WORDS.flatMap((word) => {
    const count = counts.get(word) ?? 0;
    return count === 0 ? [] : [{ word, count }];
  });
  const [first, ...more] = parts;
  const texts = [
    ...(first === undefined ? [] : [`${plural(first.count, noun)} ${first.word}`]),
    ...more.map(({ word, count }) => `${String(count)} ${word}`),
  ];
  return { kind: 'folded', depth: folder.depth + 1, text: `… ${texts.join(', ')}` };
};
