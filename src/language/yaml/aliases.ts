import type { Span } from './line-table.js';
import type { Mistakes } from './mistakes.js';
import { quote } from '../model/quote.js';
import { MAX_DEPTH, type YamlNode } from './yaml-tree.js';

/** A position in the tree that an anchored node fills. */
export type AliasSlot = Span & { readonly name: string; readonly put: (node: YamlNode) => void };

/** The anchors of a file, and the positions that use them. */
export type Aliases = {
  readonly anchors: readonly { readonly name: string; readonly node: YamlNode }[];
  readonly slots: readonly AliasSlot[];
};

/** Limit on nodes added by aliases; an alias bomb adds billions. */
const MAX_ADDED = 100_000;

/** Puts anchored nodes where aliases name them; they share one object, so the tree takes no more memory. */
export const resolveAliases = (root: YamlNode, aliases: Aliases, mistakes: Mistakes): void => {
  const anchors = aliases.anchors.toSorted((a, b) => a.node.start - b.node.start);
  const current = new Map<string, YamlNode>();
  const measure = newMeasure();
  let next = 0;
  let added = 0;
  for (const slot of aliases.slots.toSorted((a, b) => a.start - b.start)) {
    for (let anchor = anchors[next]; anchor !== undefined && anchor.node.start < slot.start; anchor = anchors[next]) {
      current.set(anchor.name, anchor.node);
      next += 1;
    }
    const target = current.get(slot.name);
    if (!fits(slot, target, mistakes)) continue;
    slot.put(target);
    added += measure(target).size;
    if (added > MAX_ADDED) return refuse(slot, mistakes);
  }
  if (aliases.slots.length > 0 && measure(root).depth > MAX_DEPTH) refuse(root, mistakes);
};

const fits = (slot: AliasSlot, target: YamlNode | undefined, mistakes: Mistakes): target is YamlNode => {
  if (target === undefined) {
    mistakes.add('unknown-anchor', slot, `there is no anchor ${quote(`&${slot.name}`)} before this`);
    return false;
  }
  const isInside = slot.start < target.end;
  if (isInside) mistakes.add('alias-inside-itself', slot, `${quote(`*${slot.name}`)} is inside the value it refers to`);
  return !isInside;
};

const refuse = (at: Span, mistakes: Mistakes): void =>
  mistakes.add('too-many-aliases', at, 'aliases make the file too large or too deep; write the values out');

type Measure = { readonly size: number; readonly depth: number };

/** Sizes and depths with all aliases expanded; called in document order, it recurses no deeper than the file nests. */
const newMeasure = (): ((node: YamlNode) => Measure) => {
  const known = new Map<YamlNode, Measure>();
  const measure = (node: YamlNode): Measure => {
    const before = known.get(node);
    if (before !== undefined) return before;
    const result = childrenOf(node)
      .map(measure)
      .reduce((sum, part) => ({ size: sum.size + part.size, depth: Math.max(sum.depth, part.depth + 1) }), LEAF);
    known.set(node, result);
    return result;
  };
  return measure;
};

const LEAF: Measure = { size: 1, depth: 1 };

const childrenOf = (node: YamlNode): readonly YamlNode[] => {
  if (node.kind === 'list') return node.items;
  return node.kind === 'map' ? node.entries.map(({ value }) => value) : [];
};
