import { didYouMean } from '../base/suggest.js';
import { FIELDS, KIND_KEYS, SPELLINGS, type Field, type KindKey, type Level } from './fields.js';
import type { Mistakes } from './mistakes.js';
import { quote } from './quote.js';
import type { Entry, MapNode } from './yaml-tree.js';

/** Reports keys that do not belong where they stand, spelled twice, or missing. */
export const checkKeys = (map: MapNode, level: Level, mistakes: Mistakes): void => {
  const kind = level === 'step' ? kindOf(map) : undefined;
  const seen = new Map<string, Entry>();
  for (const entry of map.entries) {
    const field = SPELLINGS[level].get(entry.key)?.field;
    if (field === undefined) reportUnknown(entry, level, mistakes);
    else if (field.shape === undefined) reportUnsupported(entry, mistakes);
    else checkPlace(entry, { field, kind, before: seen.get(field.name) }, mistakes);
    if (field !== undefined) seen.set(field.name, entry);
  }
  for (const { name, required } of FIELDS[level])
    if (required && !seen.has(name)) mistakes.add('missing-key', map, `${quote(name)} is missing`);
};

/** Reports a step that is nothing, or two things at once. */
export const checkKind = (map: MapNode, mistakes: Mistakes): void => {
  const kinds = map.entries.filter(({ key }) => SPELLINGS.step.get(key)?.field.isKind === true);
  // Loops and branches take steps beside their own key; they are reported as not supported yet.
  if (kinds.some(({ key }) => SPELLINGS.step.get(key)?.shape === undefined)) return;
  const [first, second] = kinds;
  if (first === undefined) {
    // An unknown key may be a kind misspelled, and is reported already.
    if (map.entries.every(({ key }) => SPELLINGS.step.has(key)))
      mistakes.add('no-kind', map, `a step needs one of ${KIND_KEYS.join(', ')}`);
  } else if (second !== undefined) {
    const keys = `${quote(first.key)} and ${quote(second.key)}`;
    mistakes.add('two-kinds', second, `a step is one thing, this one has ${keys}; make it two steps`);
  }
};

/** The kind a step is; undefined when it has none, more than one, or one that is not supported yet. */
export const kindOf = (map: MapNode): KindKey | undefined => {
  const kinds = map.entries.filter(({ key }) => SPELLINGS.step.get(key)?.field.isKind === true);
  const [only] = kinds;
  return kinds.length === 1 ? KIND_KEYS.find((kind) => kind === only?.key) : undefined;
};

const reportUnsupported = (entry: Entry, mistakes: Mistakes): void =>
  mistakes.add('not-supported-yet', entry, `${quote(entry.key)} is not supported yet`);

type Found = { readonly field: Field; readonly kind: KindKey | undefined; readonly before: Entry | undefined };

const checkPlace = (entry: Entry, { field, kind, before }: Found, mistakes: Mistakes): void => {
  if (before !== undefined) {
    const message = `${quote(entry.key)} and ${quote(before.key)} are the same field; keep one of them`;
    mistakes.add('two-spellings', entry, message);
  }
  if (kind === undefined || field.on === undefined || field.isKind || field.on.includes(kind)) return;
  const message = `${quote(entry.key)} does not stand on ${KIND_WORDS[kind]}, only on ${kindsInWords(field.on)}`;
  mistakes.add('misplaced-key', entry, message);
};

const KIND_WORDS: Readonly<Record<KindKey, string>> = {
  run: 'a step with "run"',
  commands: 'a step with "commands"',
  steps: 'a group ("steps")',
  parallel: 'a group ("parallel")',
};

const kindsInWords = (kinds: readonly KindKey[]): string =>
  `steps with ${kinds.map((kind) => quote(kind)).join(' or ')}`;

const reportUnknown = (entry: Entry, level: Level, mistakes: Mistakes): void => {
  const { key } = entry;
  if (key === '<<') return mistakes.add('unknown-key', entry, 'merge keys (<<) are not supported');
  if (level === 'step' && key === 'uses')
    return mistakes.add('uses-not-allowed', entry, 'actions cannot be used inside a pipeline; use "run"');
  const homes = LEVELS.filter((other) => SPELLINGS[other].get(key)?.shape !== undefined);
  if (homes.length > 0) {
    const places = homes.map((home) => LEVEL_WORDS[home]).join(' or ');
    return mistakes.add(
      'misplaced-key',
      entry,
      `${quote(key)} does not stand ${LEVEL_WORDS[level]}, it belongs ${places}`,
    );
  }
  if (LEVELS.some((other) => SPELLINGS[other].has(key))) return reportUnsupported(entry, mistakes);
  // Suggesting takes time, and nobody sees it any more.
  if (mistakes.isFull()) return mistakes.add('unknown-key', entry, `unknown key ${quote(key)}`);
  const known = [...SPELLINGS[level]].filter(([, { shape }]) => shape !== undefined).map(([name]) => name);
  mistakes.add('unknown-key', entry, `unknown key ${quote(key)}${didYouMean(key, known)}`);
};

/** Where a misplaced key is said to belong; fields of inputs are too general to be meant elsewhere. */
const LEVELS: readonly Level[] = ['file', 'step', 'defaults', 'checkpoint'];

const LEVEL_WORDS: Readonly<Record<Level, string>> = {
  file: 'at the top of the file',
  step: 'on a step',
  defaults: 'in "defaults"',
  input: 'in an input',
  checkpoint: 'in "checkpoint"',
};
