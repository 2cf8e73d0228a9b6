import { isAlias, isMap, isScalar, isSeq, type Alias, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Aliases, AliasSlot } from './aliases.js';
import type { Span } from './line-table.js';
import type { Mistakes } from './mistakes.js';
import { quote } from '../model/quote.js';
import type { Entry, ListNode, MapNode, ScalarNode, YamlNode } from './yaml-tree.js';

type Put = (node: YamlNode) => void;
type GrowingList = ListNode & { readonly items: YamlNode[] };
type GrowingEntry = { -readonly [Key in keyof Entry]: Entry[Key] };

/** Converts nodes of the `yaml` package into a `YamlNode` tree; long lists can be converted in parts. */
export class TreeBuilder {
  readonly #text: string;
  readonly #mistakes: Mistakes;
  /** Items of incomplete lists, by the offset at which the list starts. */
  readonly #parts = new Map<number, YamlNode[]>();
  readonly #anchors: Aliases['anchors'][number][] = [];
  readonly #slots: AliasSlot[] = [];

  constructor(text: string, mistakes: Mistakes) {
    this.#text = text;
    this.#mistakes = mistakes;
  }

  /** The anchors and aliases found so far. */
  get aliases(): Aliases {
    return { anchors: this.#anchors, slots: this.#slots };
  }

  /** Takes the next items of an incomplete list; `build` adds its last items. */
  buildPart(list: unknown): void {
    const built = isSeq(list) ? this.#list(list) : undefined;
    if (built !== undefined) this.#parts.set(built.start, built.items);
  }

  /** Builds the tree below a node; if the node is an alias, `put` is called later with its target. */
  build(node: unknown, put: Put = () => {}): YamlNode {
    if (isAlias(node)) return this.#slot(node, put);
    if (isMap(node)) return this.#anchored(this.#map(node), node.anchor);
    if (isSeq(node)) return this.#anchored(this.#list(node), node.anchor);
    return isScalar(node) ? this.#anchored(this.#scalar(node), node.anchor) : nothing(0);
  }

  #anchored(node: YamlNode, name: string | undefined): YamlNode {
    if (name !== undefined) this.#anchors.push({ name, node });
    return node;
  }

  #slot(alias: Alias, put: Put): YamlNode {
    const span = spanOf(alias);
    this.#slots.push({ ...span, name: alias.source, put });
    return nothing(span.start);
  }

  #list(list: YAMLSeq): GrowingList {
    const span = spanOf(list);
    const items = this.#parts.get(span.start) ?? [];
    for (const item of list.items) {
      const at = items.length;
      items.push(this.build(item, (node) => (items[at] = node)));
    }
    return { kind: 'list', ...span, items };
  }

  #map(map: YAMLMap): MapNode {
    const entries = map.items.map((pair) => this.#entry(pair));
    const keys = new Set<string>();
    for (const entry of entries) {
      if (keys.has(entry.key)) this.#mistakes.add('duplicate-key', entry, `the key ${quote(entry.key)} appears twice`);
      keys.add(entry.key);
    }
    return { kind: 'map', ...spanOf(map), entries };
  }

  #entry({ key, value }: Pair): Entry {
    const span = isScalar(key) ? spanOf(key) : { start: 0, end: 0 };
    const name = isScalar(key) && typeof key.value === 'string' ? key.value : '';
    const entry: GrowingEntry = { key: name, ...span, value: nothing(span.end) };
    if (value !== null) entry.value = this.build(value, (node) => (entry.value = node));
    return entry;
  }

  #scalar(scalar: Scalar): ScalarNode {
    const span = spanOf(scalar);
    const value = scalarValue(scalar);
    if (typeof value === 'string' && value.includes('\0'))
      this.#mistakes.add('control-character', span, 'a text cannot contain a NUL byte');
    return { kind: 'scalar', ...span, value, verbatimAt: verbatimAt(value, span, this.#text) };
  }
}

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

/** Plain and quoted texts on one line are verbatim unless they contain escapes. */
const verbatimAt = (value: ScalarNode['value'], { start, end }: Span, text: string): number | undefined => {
  if (typeof value !== 'string') return undefined;
  if (value.length === end - start && text.startsWith(value, start)) return start;
  return value.length === end - start - 2 && text.startsWith(value, start + 1) ? start + 1 : undefined;
};
