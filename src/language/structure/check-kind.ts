import { kindKeysOf, kindOf } from '../fields/kind-keys.js';
import { ROW_OF_KEY } from '../kinds/kind-rows.js';
import { quote } from '../model/quote.js';
import type { Mistakes } from '../yaml/mistakes.js';
import type { Entry, MapNode } from '../yaml/yaml-tree.js';
import { KIND_FIELDS, KIND_KEYS, SPELLINGS, type Field, type Level } from './fields.js';

/** Reports a step or check without a kind, or with two. */
export const checkKind = (map: MapNode, level: Level, mistakes: Mistakes): void => {
  const { all, leaders, bodies } = kindKeysOf(map, kindsOf(level));
  if (all.some(({ key }) => SPELLINGS[level].get(key)?.shape === undefined)) return;
  const [first, second] = leaders;
  if (first === undefined) return reportNone(map, level, mistakes);
  if (second !== undefined) return mistakes.add('two-kinds', second, twoKinds(first, second, level));
  const [body, another] = bodies;
  if (body !== undefined && another !== undefined) mistakes.add('two-kinds', another, twoBodies(first, body, another));
};

/** The words for a step or check of some kind in messages. */
export const kindInWords = (map: MapNode, level: Level): string => {
  const kinds = kindsOf(level);
  const kind = kindOf(map, kinds) ?? '';
  const word = (level === 'step' ? ROW_OF_KEY.get(kind)?.word : undefined) ?? level;
  const [body] = kindKeysOf(map, kinds).bodies;
  const choices = kinds.find(({ name }) => name === kind)?.beside ?? [];
  if (word === level || (body !== undefined && choices.length > 1)) return `a ${word} with ${quote(body?.key ?? kind)}`;
  return word === kind ? `a ${quote(kind)}` : `a ${word} (${quote(kind)})`;
};

/** Alternative keys in quotes, joined by "or". */
export const keysInWords = (keys: readonly string[]): string =>
  [keys.slice(0, -1).map(quote).join(', '), quote(keys.at(-1) ?? '')].filter((part) => part !== '').join(' or ');

const kindsOf = (level: Level): readonly Field[] => KIND_FIELDS[level] ?? [];

const reportNone = (map: MapNode, level: Level, mistakes: Mistakes): void => {
  // An unknown key may be a misspelled kind, and has been reported already.
  if (!map.entries.every(({ key }) => SPELLINGS[level].has(key))) return;
  const kinds = level === 'step' ? KIND_KEYS : kindsOf(level).map(({ name }) => name);
  const half = map.entries.find((entry) => SPELLINGS[level].get(entry.key)?.field.on !== undefined);
  const on = half === undefined ? undefined : SPELLINGS[level].get(half.key)?.field.on;
  const hint = half === undefined || on === undefined ? '' : `; ${quote(half.key)} goes with ${keysInWords(on)}`;
  mistakes.add('no-kind', map, `a ${level} needs one of ${kinds.join(', ')}${hint}`);
};

const twoKinds = (first: Entry, second: Entry, level: Level): string => {
  const both = `a ${level} is one thing, this one has ${quote(first.key)} and ${quote(second.key)}`;
  const insideOf = ({ key }: Entry): string | undefined => SPELLINGS[level].get(key)?.field.inside;
  const [outer, inner] = insideOf(first) === undefined ? [second, first] : [first, second];
  const inside = insideOf(outer);
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
