import { KIND_FIELDS, KIND_KEYS, SPELLINGS, type Field, type Level } from './fields.js';
import type { Mistakes } from '../yaml/mistakes.js';
import { quote } from '../model/quote.js';
import type { Entry, MapNode } from '../yaml/yaml-tree.js';

/** Reports a step or check that is nothing, or two things at once. */
export const checkKind = (map: MapNode, level: Level, mistakes: Mistakes): void => {
  const keys = kindEntries(map, level);
  if (keys.some(({ key }) => SPELLINGS[level].get(key)?.shape === undefined)) return;
  const [first, second] = leadersOf(keys, level);
  if (first === undefined) return reportNone(map, level, mistakes);
  if (second !== undefined) return mistakes.add('two-kinds', second, twoKinds(first, second, level));
  const [body, another] = bodiesOf(first, keys, level);
  if (body !== undefined && another !== undefined) mistakes.add('two-kinds', another, twoBodies(first, body, another));
};

/** The key that says what a step or check is; undefined when it has none, several, or one that is not supported yet. */
export const kindOf = (map: MapNode, level: Level = 'step'): string | undefined => {
  const keys = kindEntries(map, level);
  const leaders = leadersOf(keys, level);
  const [leader] = leaders;
  if (leader === undefined || leaders.length > 1 || bodiesOf(leader, keys, level).length > 1) return undefined;
  return SPELLINGS[level].get(leader.key)?.shape === undefined ? undefined : leader.key;
};

/** What a step or check of one kind is called in messages. */
export const kindInWords = (map: MapNode, level: Level): string => {
  const kind = kindOf(map, level) ?? '';
  const [body] = kindEntries(map, level).filter(({ key }) => key !== kind);
  if (kind === 'for_each' && body !== undefined) return `a fan-out with ${quote(body.key)}`;
  return KIND_WORDS.get(kind) ?? `a ${level} with ${quote(kind)}`;
};

/** Keys of which one is meant, in quotes. */
export const keysInWords = (keys: readonly string[]): string =>
  [keys.slice(0, -1).map(quote).join(', '), quote(keys.at(-1) ?? '')].filter((part) => part !== '').join(' or ');

const KIND_WORDS: ReadonlyMap<string, string> = new Map([
  ['steps', 'a group ("steps")'],
  ['parallel', 'a group ("parallel")'],
  ['then', 'a branch ("then")'],
  ['switch', 'a "switch"'],
  ['while', 'a loop ("while")'],
  ['do_while', 'a loop ("do_while")'],
  ['for_each', 'a fan-out ("for_each")'],
  ['pipeline', 'a called pipeline ("pipeline")'],
]);

const kindEntries = (map: MapNode, level: Level): readonly Entry[] =>
  map.entries.filter(({ key }) => KIND_FIELDS[level]?.some(({ name }) => name === key));

/** The kind keys that do not belong to another one, as `steps` belongs to `while`. */
const leadersOf = (keys: readonly Entry[], level: Level): readonly Entry[] =>
  keys.filter(({ key }) => !keys.some((other) => fieldOf(other, level)?.beside?.includes(key)));

/** What a loop or fan-out repeats; it should be one thing. */
const bodiesOf = (leader: Entry, keys: readonly Entry[], level: Level): readonly Entry[] =>
  keys.filter(({ key }) => fieldOf(leader, level)?.beside?.includes(key));

const fieldOf = ({ key }: Entry, level: Level): Field | undefined => SPELLINGS[level].get(key)?.field;

const reportNone = (map: MapNode, level: Level, mistakes: Mistakes): void => {
  // An unknown key may be a kind misspelled, and is reported already.
  if (!map.entries.every(({ key }) => SPELLINGS[level].has(key))) return;
  const kinds = level === 'step' ? KIND_KEYS : (KIND_FIELDS[level] ?? []).map(({ name }) => name);
  const half = map.entries.find((entry) => fieldOf(entry, level)?.on !== undefined);
  const on = half === undefined ? undefined : fieldOf(half, level)?.on;
  const hint = half === undefined || on === undefined ? '' : `; ${quote(half.key)} stands beside ${keysInWords(on)}`;
  mistakes.add('no-kind', map, `a ${level} needs one of ${kinds.join(', ')}${hint}`);
};

/** Where the steps of a kind stand, for those who put something else beside it. */
const INSIDE: ReadonlyMap<string, string> = new Map([
  ['then', '"then"'],
  ['switch', 'a case of "switch"'],
  ['while', 'the "steps" of "while"'],
  ['do_while', 'the "steps" of "do_while"'],
  ['for_each', 'the "steps" of "for_each"'],
]);

const twoKinds = (first: Entry, second: Entry, level: Level): string => {
  const both = `a ${level} is one thing, this one has ${quote(first.key)} and ${quote(second.key)}`;
  const [outer, inner] = INSIDE.has(first.key) ? [first, second] : [second, first];
  const inside = INSIDE.get(outer.key);
  return inside === undefined
    ? `${both}; make it two ${level}s`
    : `${both}; put ${quote(inner.key)} into a step in ${inside}`;
};

const twoBodies = ({ key }: Entry, first: Entry, second: Entry): string => {
  const both = `${quote(key)} runs one thing for each item, this one has ${quote(first.key)} and ${quote(second.key)}`;
  const script = first.key === 'steps' ? second.key : first.key;
  return first.key === 'steps' || second.key === 'steps'
    ? `${both}; put ${quote(script)} into a step in "steps"`
    : `${both}; make it "steps" with a step for each`;
};
