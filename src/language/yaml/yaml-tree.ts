import type { Span } from './line-table.js';

/** Limit on the nesting of lists and mappings, which makes recursion over the tree safe. */
export const MAX_DEPTH = 100;

/** Text, a number, a boolean or null, with its span in the file. */
export type ScalarNode = Span & {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** The offset at which the file holds the value verbatim; undefined if it is written differently. */
  readonly verbatimAt: number | undefined;
};

/** A list with its span in the file. */
export type ListNode = Span & { readonly kind: 'list'; readonly items: readonly YamlNode[] };

/** One entry of a mapping; the span is that of the key. */
export type Entry = Span & { readonly key: string; readonly value: YamlNode };

/** A mapping with its span in the file; keys are unique. */
export type MapNode = Span & { readonly kind: 'map'; readonly entries: readonly Entry[] };

/** A value of the file. Uses of an aliased value share one object. */
export type YamlNode = ScalarNode | ListNode | MapNode;

/** A value in words, for "found …". */
export const describe = (node: YamlNode): string => {
  if (node.kind === 'list') return 'a list';
  if (node.kind === 'map') return 'a mapping';
  if (node.value === null) return 'nothing';
  switch (typeof node.value) {
    case 'string':
      return 'text';
    case 'number':
      return `the number ${String(node.value)}`;
    default:
      return String(node.value);
  }
};

/** The value of a text scalar; undefined for any other node. */
export const textOf = (node: YamlNode | undefined): string | undefined =>
  node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
