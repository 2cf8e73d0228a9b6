/**
 * The parent path of a called file's fallbacks, below the path of the calling step: `call/@pipeline/on_failure`.
 * No step of the file can have this path, because `@` is not allowed in ids.
 */
export const calledFilePath = (callPath: string): string => pathBelow(callPath, '@pipeline');

/** The path of a step, given the path of its list: `group/compile`, or the id alone at the top. */
export const stepPath = (listPath: string, step: { readonly id: string }): string => pathBelow(listPath, step.id);

/** Appends a segment to a path: `build/on_failure`, or the segment alone at the top. */
export const pathBelow = (path: string, segment: string): string => (path === '' ? segment : `${path}/${segment}`);

/** Whether a path is `outer` or inside it: its steps, iterations, items and fallbacks. */
export const isWithin = (path: string, outer: string): boolean =>
  path.startsWith(outer) && (path.length === outer.length || path[outer.length] === '/' || path[outer.length] === '[');
