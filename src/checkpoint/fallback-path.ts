import { FALLBACK_NAMES } from '../language/model/pipeline.js';

/** The step that a path's fallback belongs to, the outermost one; the path itself where it is in none, empty for the pipeline's. */
export const outsideFallbacks = (path: string): string => {
  if (!path.includes('on_') && !path.includes('finally')) return path;
  const segments = path.split('/');
  const first = segments.findIndex((segment) => NAMES.has(segment));
  return first === -1 ? path : segments.slice(0, first).join('/');
};

const NAMES: ReadonlySet<string> = new Set(FALLBACK_NAMES);
