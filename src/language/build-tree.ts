import { isAlias, isMap, isScalar, isSeq, type Alias, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { AliasSlot, Aliases } from './aliases.js';
import type { Span } from './line-table.js';
import type { Mistakes } from './mistakes.js';
import { quote } from './quote.js';
import type { Entry, ListNode, ScalarNode, YamlNode } from './yaml-tree.js';

/** Turns nodes of the `yaml` package into our tree, in pieces. */
export type TreeBuilder = {
  readonly build: (node: unknown) => YamlNode;
  /** Takes the next items of a list that is not complete yet; `build` puts them in front of its last ones. */
  readonly buildPart: (list: unknown) => void;
  /** The anchors and aliases met so far. */
  readonly aliases: Aliases;
};

type GrowingList = ListNode & { readonly items: YamlNode[] };

type Place = { readonly put: (node: YamlNode) => void };

/** A builder for one file. */
export const newTreeBuilder = (text: string, mistakes: Mistakes): TreeBuilder => {
  const kept = new Map<number, YamlNode[]>();
  const aliases: { anchors: Aliases['anchors'][number][]; slots: AliasSlot[] } = { anchors: [], slots: [] };

  const build = (node: unknown, place: Place): YamlNode => {
    if (isAlias(node)) return aliasSlot(node, place);
    const built = isMap(node) ? mapNode(node) : isSeq(node) ? listNode(node) : scalarNode(node);
    const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
    if (anchor !== undefined) aliases.anchors.push({ name: anchor, node: built });
    return built;
  };

  const aliasSlot = (alias: Alias, { put }: Place): YamlNode => {
    const span = spanOf(alias);
    aliases.slots.push({ ...span, name: alias.source, put });
    return nothing(span.start);
  };

  const listNode = (list: YAMLSeq): GrowingList => {
    const span = spanOf(list);
    const items = kept.get(span.start) ?? [];
    for (const item of list.items) {
      const at = items.length;
      items.push(build(item, { put: (node) => (items[at] = node) }));
    }
    return { kind: 'list', ...span, items };
  };

  const part = (list: unknown): void => {
    const built = isSeq(list) ? listNode(list) : undefined;
    if (built !== undefined) kept.set(built.start, built.items);
  };

  const mapNode = (map: YAMLMap): YamlNode => {
    const entries: Entry[] = [];
    const lines = new Map<string, Span>();
    for (const pair of map.items) {
      const entry = entryOf(pair);
      if (lines.has(entry.key)) mistakes.add('duplicate-key', entry, `the key ${quote(entry.key)} stands here twice`);
      lines.set(entry.key, entry);
      entries.push(entry);
    }
    return { kind: 'map', ...spanOf(map), entries };
  };

  const entryOf = ({ key, value }: Pair): Entry => {
    const span = isScalar(key) ? spanOf(key) : { start: 0, end: 0 };
    const name = isScalar(key) ? String(key.value ?? '') : '';
    const entry: { -readonly [K in keyof Entry]: Entry[K] } = { key: name, ...span, value: nothing(span.end) };
    if (value !== null) entry.value = build(value, { put: (node) => (entry.value = node) });
    return entry;
  };

  const scalarNode = (node: unknown): ScalarNode => {
    const scalar = isScalar(node) ? node : undefined;
    if (scalar === undefined) return nothing(0);
    const span = spanOf(scalar);
    const value = scalarValue(scalar);
    if (typeof value === 'string' && value.includes('\0'))
      mistakes.add('control-character', span, 'a text cannot hold a NUL byte');
    return { kind: 'scalar', ...span, value, verbatimAt: verbatimAt(value, span, text) };
  };

  return {
    build: (node) => build(node, { put: () => {} }),
    buildPart: part,
    aliases,
  };
};

const spanOf = ({ range }: { readonly range?: readonly [number, number, number] | null }): Span => ({
  start: range?.[0] ?? 0,
  end: range?.[1] ?? 0,
});

const nothing = (at: number): ScalarNode => ({
  kind: 'scalar',
  start: at,
  end: at,
  value: null,
  verbatimAt: undefined,
});

const scalarValue = ({ value }: Scalar): ScalarNode['value'] =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;

const verbatimAt = (value: ScalarNode['value'], { start, end }: Span, text: string): number | undefined => {
  if (typeof value !== 'string') return undefined;
  if (value.length === end - start && text.startsWith(value, start)) return start;
  return value.length === end - start - 2 && text.startsWith(value, start + 1) ? start + 1 : undefined;
};
