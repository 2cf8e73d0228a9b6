import { didYouMean } from '../../base/suggest.js';
import { kindOf } from '../fields/kind-keys.js';
import { checkKind, kindInWords, keysInWords } from './check-kind.js';
import { FIELDS, KIND_FIELDS, SPELLINGS, type Field, type Level } from './fields.js';
import type { Mistakes } from '../yaml/mistakes.js';
import { quote } from '../model/quote.js';
import type { Entry, MapNode } from '../yaml/yaml-tree.js';

/** Reports keys that are misplaced, duplicated or missing; on a step or check also a wrong kind. */
export const checkKeys = (map: MapNode, level: Level, mistakes: Mistakes): void => {
  const kinds = KIND_FIELDS[level];
  const kind = kinds && kindOf(map, kinds);
  const seen = new Map<string, Entry>();
  for (const entry of map.entries) {
    const field = SPELLINGS[level].get(entry.key)?.field;
    if (field === undefined) reportUnknown(entry, level, mistakes);
    else if (field.shape === undefined) reportUnsupported(entry, mistakes);
    else {
      reportTwin(entry, seen.get(field.name), mistakes);
      if (kind !== undefined) checkPlace(entry, { field, map, level }, mistakes);
    }
    if (field !== undefined) seen.set(field.name, entry);
  }
  for (const { name, required } of FIELDS[level])
    if (required && !seen.has(name)) mistakes.add('missing-key', map, `${quote(name)} is missing`);
  if (kinds !== undefined) checkKind(map, level, mistakes);
};

const reportUnsupported = (entry: Entry, mistakes: Mistakes): void =>
  mistakes.add('not-supported-yet', entry, `${quote(entry.key)} is not supported yet`);

const reportTwin = (entry: Entry, before: Entry | undefined, mistakes: Mistakes): void => {
  if (before === undefined) return;
  const message = `${quote(entry.key)} and ${quote(before.key)} are the same field; keep one of them`;
  mistakes.add('two-spellings', entry, message);
};

type Place = { readonly field: Field; readonly map: MapNode; readonly level: Level };

const checkPlace = (entry: Entry, { field, map, level }: Place, mistakes: Mistakes): void => {
  const { on, beside } = field;
  if (on !== undefined && !hasOneOf(map, on)) {
    const [here, there] = [kindInWords(map, level), keysInWords(on)];
    const message = `${quote(entry.key)} does not belong on ${here}, only on ${level}s with ${there}`;
    mistakes.add('misplaced-key', entry, message);
  } else if (beside !== undefined && !hasOneOf(map, beside))
    mistakes.add('missing-key', entry, `${quote(entry.key)} needs ${keysInWords(beside)} beside it`);
};

const hasOneOf = (map: MapNode, names: readonly string[]): boolean =>
  map.entries.some(({ key }) => names.includes(key));

const reportUnknown = (entry: Entry, level: Level, mistakes: Mistakes): void => {
  const { key } = entry;
  if (key === '<<') return mistakes.add('unknown-key', entry, 'merge keys (<<) are not supported');
  if (level === 'step' && key === 'uses')
    return mistakes.add('uses-not-allowed', entry, 'actions cannot be used inside a pipeline; use "run"');
  const homes = LEVELS.filter(
    (other) => SPELLINGS[other].get(key)?.shape !== undefined && (level === 'step' || !IN_STEPS.includes(other)),
  );
  if (homes.length > 0) {
    const places = homes.map((home) => LEVEL_WORDS[home]).join(' or ');
    return mistakes.add(
      'misplaced-key',
      entry,
      `${quote(key)} does not belong ${LEVEL_WORDS[level]}; it goes ${places}`,
    );
  }
  if (LEVELS.some((other) => SPELLINGS[other].get(key)?.field.shape === undefined && SPELLINGS[other].has(key)))
    return reportUnsupported(entry, mistakes);
  // Skips the suggestion, which takes time, because the mistake will not be listed.
  if (mistakes.isFull()) return mistakes.add('unknown-key', entry, `unknown key ${quote(key)}`);
  const known = [...SPELLINGS[level]].filter(([, { shape }]) => shape !== undefined).map(([name]) => name);
  mistakes.add('unknown-key', entry, `unknown key ${quote(key)}${didYouMean(key, known)}`);
};

/** Levels to suggest for a misplaced key; without inputs, whose field names are too general. */
const LEVELS: readonly Level[] = ['file', 'step', 'defaults', 'checkpoint', 'retry', 'check'];

/** Levels to suggest only for keys on a step. */
const IN_STEPS: readonly Level[] = ['retry', 'check'];

const LEVEL_WORDS: Readonly<Record<Level, string>> = {
  file: 'at the top of the file',
  step: 'on a step',
  defaults: 'in "defaults"',
  input: 'in an input',
  checkpoint: 'in "checkpoint"',
  retry: 'in "retry"',
  check: 'in a check of "expect"',
};
