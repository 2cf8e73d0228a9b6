import { displayName, type ByteName } from './tar/byte-name.js';
import type { Listing } from './tar/tar-listing.js';

/** Names that were in an earlier workspace and are not in this one. */
export type MissingNames = {
  /** All of them, with what was in missing folders. */
  readonly count: number;
  /** At most three, for people; nothing of what is in a missing folder. */
  readonly examples: readonly string[];
};

/** Compares by name only: what a checkpoint's baseline had and a new attempt lacks before its first step. */
export const missingNames = (baseline: Listing, now: Listing): MissingNames => {
  let count = 0;
  const outermost: ByteName[] = [];
  for (const [folder, { entries }] of baseline.folders) {
    const there = now.folders.get(folder);
    for (const name of entries.keys()) {
      if (there?.entries.has(name) === true) continue;
      count += 1;
      if (there !== undefined) outermost.push(folder === '' ? name : `${folder}/${name}`);
    }
  }
  return { count, examples: outermost.sort().slice(0, MAX_EXAMPLES).map(displayName) };
};

const MAX_EXAMPLES = 3;
