import { FALLBACK_NAMES } from '../language/model/pipeline.js';

const INNERMOST = new RegExp(`^((?:.*/)?(?:${FALLBACK_NAMES.join('|')}))/`);

/** The path of the innermost fallback around a step; undefined without one. No id and no arm has the name of a fallback. */
export const fallbackAround = (path: string): string | undefined => INNERMOST.exec(path)?.[1];

/** Whether a step is in a fallback, at any depth. */
export const isInFallback = (path: string): boolean => fallbackAround(path) !== undefined;

/** The step that owns the outermost fallback around a path, empty for the pipeline; the path itself without a fallback. */
export const outsideFallbacks = (path: string): string => {
  if (!path.includes('on_') && !path.includes('finally')) return path;
  const segments = path.split('/');
  const first = segments.findIndex((segment) => NAMES.has(segment));
  return first === -1 ? path : segments.slice(0, first).join('/');
};

const NAMES: ReadonlySet<string> = new Set(FALLBACK_NAMES);
