import { FALLBACK_NAMES } from '../language/model/pipeline.js';

const INNERMOST = new RegExp(`^((?:.*/)?(?:${FALLBACK_NAMES.join('|')}))/`);

/** The path of the innermost fallback that a step is in; undefined for one in none. No id and no arm has the name of a fallback. */
export const fallbackAround = (path: string): string | undefined => INNERMOST.exec(path)?.[1];

/** Whether a step is one of a fallback, at any depth. */
export const isInFallback = (path: string): boolean => fallbackAround(path) !== undefined;
