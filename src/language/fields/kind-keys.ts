import type { Entry, MapNode } from '../yaml/yaml-tree.js';
import type { Field } from './field.js';

/** The keys of a mapping that determine its kind. */
export type KindKeys = {
  /** All of them, in file order. */
  readonly all: readonly Entry[];
  /** Those that do not belong to another key as `steps` belongs to `while`; exactly one is right. */
  readonly leaders: readonly Entry[];
  /** The keys of what the first leader repeats, such as `steps` of a loop; at most one is right. */
  readonly bodies: readonly Entry[];
};

/** The kind keys of a step or check; `kinds` are the fields that determine its kind. */
export const kindKeysOf = (map: MapNode, kinds: readonly Field[]): KindKeys => {
  const all = map.entries.filter(({ key }) => fieldNamed(key, kinds) !== undefined);
  const belongsTo = (key: string, other: Entry | undefined): boolean =>
    other !== undefined && fieldNamed(other.key, kinds)?.beside?.includes(key) === true;
  const leaders = all.filter(({ key }) => !all.some((other) => belongsTo(key, other)));
  return { all, leaders, bodies: all.filter(({ key }) => belongsTo(key, leaders[0])) };
};

/** The key that determines the kind of a step or check; undefined with none, several, or one not supported yet. */
export const kindOf = (map: MapNode, kinds: readonly Field[]): string | undefined => {
  const { leaders, bodies } = kindKeysOf(map, kinds);
  const [leader] = leaders;
  if (leader === undefined || leaders.length > 1 || bodies.length > 1) return undefined;
  return fieldNamed(leader.key, kinds)?.shape === undefined ? undefined : leader.key;
};

const fieldNamed = (key: string, kinds: readonly Field[]): Field | undefined => kinds.find(({ name }) => name === key);
