import type { Entry, MapNode } from '../yaml/yaml-tree.js';
import type { Field } from './field.js';

/** The keys of a mapping that say what kind it is. */
export type KindKeys = {
  /** All of them, in the order of the file. */
  readonly all: readonly Entry[];
  /** Those that do not belong to another one, as `steps` belongs to `while`; one is right. */
  readonly leaders: readonly Entry[];
  /** What the first leader repeats, as a loop its `steps`; at most one is right. */
  readonly bodies: readonly Entry[];
};

/** The kind keys of a step or check; `kinds` are the fields that make it one kind or another. */
export const kindKeysOf = (map: MapNode, kinds: readonly Field[]): KindKeys => {
  const all = map.entries.filter(({ key }) => fieldNamed(key, kinds) !== undefined);
  const belongsTo = (key: string, other: Entry | undefined): boolean =>
    other !== undefined && fieldNamed(other.key, kinds)?.beside?.includes(key) === true;
  const leaders = all.filter(({ key }) => !all.some((other) => belongsTo(key, other)));
  return { all, leaders, bodies: all.filter(({ key }) => belongsTo(key, leaders[0])) };
};

/** The key that says what a step or check is; undefined when it has none, several, or one that is not supported yet. */
export const kindOf = (map: MapNode, kinds: readonly Field[]): string | undefined => {
  const { leaders, bodies } = kindKeysOf(map, kinds);
  const [leader] = leaders;
  if (leader === undefined || leaders.length > 1 || bodies.length > 1) return undefined;
  return fieldNamed(leader.key, kinds)?.shape === undefined ? undefined : leader.key;
};

const fieldNamed = (key: string, kinds: readonly Field[]): Field | undefined => kinds.find(({ name }) => name === key);
