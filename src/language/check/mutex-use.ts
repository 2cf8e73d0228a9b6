import type { MutexUse } from '../read/called-file.js';
import type { Pipeline } from '../model/pipeline.js';
import type { Reading } from '../read/scope.js';
import { writtenSteps } from '../model/written-steps.js';

/** The mutexes that a file and all files it calls use; each entry once, however often files are called. */
export const mutexUseOf = (
  pipeline: Pipeline,
  { mutexNestings, called }: Pick<Reading, 'mutexNestings' | 'called'>,
): MutexUse => {
  const wanted = new Set<string>();
  for (const { mutex } of writtenSteps(pipeline)) if (mutex !== undefined) wanted.add(mutex);
  for (const { mutexes } of called.values()) for (const name of mutexes.wanted) wanted.add(name);
  const nestings = new Map<string, MutexUse['nestings'][number]>();
  for (const { held, wanted: inside } of mutexNestings)
    nestings.set(JSON.stringify([held, inside]), { held, wanted: inside });
  return { wanted: [...wanted], nestings: [...nestings.values()] };
};

/** Adds the nestings of called files to those of the file itself, so that all are checked for one order. */
export const noteCalledNestings = ({ mutexNestings, called }: Pick<Reading, 'mutexNestings' | 'called'>): void => {
  for (const { mutexes, node } of called.values()) {
    for (const nesting of mutexes.nestings) mutexNestings.push({ ...nesting, node });
  }
};
