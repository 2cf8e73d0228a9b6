import { NO_TEXTS, noteTemplate, textNodes, type Fields } from './field-values.js';
import type { Template } from '../model/pipeline.js';
import { quote } from '../model/quote.js';
import { safePath } from './safe-path.js';
import type { Reading, Viewer } from './scope.js';
import type { ScalarNode } from '../yaml/yaml-tree.js';

/** The globs of `reads` or `writes`; reports those that lead out of the workspace. */
export const readGlobs = (
  fields: Fields,
  { name, viewer }: { readonly name: 'reads' | 'writes'; readonly viewer: Viewer },
  reading: Reading,
): readonly Template[] => {
  const nodes = textNodes(fields.get(name)?.value);
  return nodes.length === 0 ? NO_TEXTS : nodes.map((node) => noteGlob(node, { what: quote(name), viewer }, reading));
};

/** Reads one path or glob of a step, which may hold expressions. */
export const noteGlob = (
  node: ScalarNode,
  { what, viewer }: { readonly what: string; readonly viewer: Viewer },
  reading: Reading,
): Template => {
  noteTemplate(node, { place: 'step', viewer }, reading);
  return safePath(node, { what, mayBeRoot: true }, reading);
};
