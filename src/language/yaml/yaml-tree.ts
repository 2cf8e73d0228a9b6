import type { Span } from './line-table.js';

/** Deepest nesting of lists and mappings; beyond any pipeline, and safe for whoever walks the tree. */
export const MAX_DEPTH = 100;

/** Text, a number, a boolean or nothing, with its place in the file. */
export type ScalarNode = Span & {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** Offset at which the value stands in the file character by character; undefined when it is written differently. */
  readonly verbatimAt: number | undefined;
};

/** A list with its place in the file. */
export type ListNode = Span & { readonly kind: 'list'; readonly items: readonly YamlNode[] };

/** One key of a mapping; the span is that of the key. */
export type Entry = Span & { readonly key: string; readonly value: YamlNode };

/** A mapping with its place in the file; keys are unique. */
export type MapNode = Span & { readonly kind: 'map'; readonly entries: readonly Entry[] };

/** A value of the file. An aliased value is the same object wherever it is used. */
export type YamlNode = ScalarNode | ListNode | MapNode;

/** What a value is, for "found …". */
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

/** The text of a scalar that is text. */
export const textOf = (node: YamlNode | undefined): string | undefined =>
  node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
