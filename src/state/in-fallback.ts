import { FALLBACK_NAMES } from '../language/pipeline.js';

const IN_FALLBACK = new RegExp(`(^|/)(${FALLBACK_NAMES.join('|')})/`);

/** Whether a step is one of a fallback, at any depth. Its path tells: no id and no arm has the name of a fallback. */
export const isInFallback = (path: string): boolean => IN_FALLBACK.test(path);
