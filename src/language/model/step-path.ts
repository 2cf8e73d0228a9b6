/**
 * What the fallbacks of a called file stand below, in the path of the step that calls it: `call/@pipeline/on_failure`.
 * No id, and so no step of the file, can have this name.
 */
export const calledFilePath = (callPath: string): string => pathBelow(callPath, '@pipeline');

/** Path of a step below its list's path: `group/compile`, or the id alone at the top. */
export const stepPath = (listPath: string, step: { readonly id: string }): string => pathBelow(listPath, step.id);

/** A path one segment longer, such as that of a list in a step: `build/on_failure`, or the segment alone at the top. */
export const pathBelow = (path: string, segment: string): string => (path === '' ? segment : `${path}/${segment}`);

/** Whether a path is that of a step, or of anything in it: its steps, iterations, items and fallbacks. */
export const isWithin = (path: string, outer: string): boolean =>
  path.startsWith(outer) && (path.length === outer.length || path[outer.length] === '/' || path[outer.length] === '[');
