import type { Fields } from './field-values.js';
import { FALLBACK_NAMES, NO_FALLBACKS, type FallbackName, type Fallbacks } from '../model/pipeline.js';
import type { Reading, Viewer } from './scope.js';
import type { ReadList, StepDefaults } from './step-point.js';
import type { Entry } from '../yaml/yaml-tree.js';

/** The site of fallbacks: `around` is the end of the list for those of a file, and the step for those of a step. */
export type FallbackSite = {
  readonly around: Viewer;
  readonly defaults: StepDefaults;
  readonly readList: ReadList;
};

/** Reads the fallbacks of a step or of a file. */
export const readFallbacks = (fields: Fields, place: FallbackSite, reading: Reading): Fallbacks => {
  const given = FALLBACK_NAMES.flatMap((name): [FallbackName, Entry][] => {
    const entry = fields.get(name);
    return entry === undefined ? [] : [[name, entry]];
  });
  if (given.length === 0) return NO_FALLBACKS;
  return Object.fromEntries(
    given.map(([name, entry]) => {
      warnOfDepth(entry, place, reading);
      const { steps } = place.readList(entry.value, surroundings(name, place), reading);
      return [name, steps];
    }),
  );
};

/** `on_started` of a file runs before any step, so it sees none. */
const surroundings = (name: FallbackName, { around, defaults }: FallbackSite): Parameters<ReadList>[1] => ({
  mode: 'sequential',
  around: name === 'on_started' && around.at === 'end' ? undefined : around,
  defaults,
  brings: ['failure'],
});

/** Deeper nesting of fallbacks is hard to understand. */
const DEEPEST = 2;

const warnOfDepth = (entry: Entry, { around }: FallbackSite, { mistakes }: Reading): void => {
  if (around.scope.fallbackDepth !== DEEPEST) return;
  const message =
    'this is a fallback in a fallback in a fallback; put these steps into a file of their own and call it with "pipeline"';
  mistakes.warn('deep-fallbacks', entry, message);
};
