import { durationField, sizeField, textNodes, type Fields } from './read/field-values.js';
import type { CheckpointSettings } from './model/pipeline.js';
import { quote } from './model/quote.js';
import { safePath } from './read/safe-path.js';
import type { Reading } from './read/scope.js';
import type { ScalarNode } from './yaml/yaml-tree.js';

const DEFAULTS: CheckpointSettings = {
  include: ['.'],
  exclude: [],
  maxSizeBytes: 1024 ** 3,
  minIntervalMs: 30_000,
};

/** Reads the settings for checkpoints and applies defaults; globs must stay in the workspace. */
export const readCheckpoint = (fields: Fields, reading: Reading): CheckpointSettings => ({
  include: readGlobs(fields, 'include', reading) ?? DEFAULTS.include,
  exclude: readGlobs(fields, 'exclude', reading) ?? DEFAULTS.exclude,
  maxSizeBytes: sizeField(fields, 'max_size', reading) ?? DEFAULTS.maxSizeBytes,
  minIntervalMs: durationField(fields, { name: 'min_interval', leastMs: 0 }, reading) ?? DEFAULTS.minIntervalMs,
});

const readGlobs = (fields: Fields, name: 'include' | 'exclude', reading: Reading): readonly string[] | undefined => {
  const nodes = textNodes(fields.get(name)?.value);
  if (nodes.length === 0) return undefined;
  return nodes.map((node) =>
    String(node.value).startsWith('!')
      ? refuseReversal(node, name, reading)
      : safePath(node, { what: quote(name), mayBeRoot: name === 'include' }, reading),
  );
};

/** Refuses negated globs, because `include` and `exclude` already express both directions. */
const refuseReversal = (node: ScalarNode, name: 'include' | 'exclude', { mistakes }: Reading): string => {
  const glob = String(node.value);
  const way = name === 'include' ? '"exclude" takes files away' : '"include" says what belongs';
  mistakes.add('bad-path', node, `a glob in ${quote(name)} cannot begin with "!", found ${quote(glob)}; ${way}`);
  return glob;
};
