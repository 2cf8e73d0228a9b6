import { isTemplate } from '../../expressions/template-text.js';
import { NO_FALLBACKS, type Pipeline } from '../model/pipeline.js';
import { quote } from '../model/quote.js';
import type { Mistakes } from '../yaml/mistakes.js';
import { textOf, type YamlNode } from '../yaml/yaml-tree.js';
import { pathFault } from './safe-path.js';

/** The normalized path in the workspace that a `pipeline:` value names; undefined, and reported, if it is invalid. */
export const calledPath = (node: YamlNode | undefined, mistakes: Mistakes): string | undefined => {
  const text = textOf(node);
  if (node === undefined || text === undefined || text.trim() === '' || isTemplate(text)) return undefined;
  const fault = pathFault(text, true);
  if (fault !== undefined) {
    mistakes.add('bad-path', node, `"pipeline" must ${fault}, found ${quote(text)}`);
    return undefined;
  }
  const names = text.split('/').filter((name) => name !== '' && name !== '.');
  return names.length === 0 ? '.' : names.join('/');
};

/** Placeholder for a called file with mistakes, so that what depends on it is not reported too. */
export const UNREAD: Pipeline = {
  name: '',
  file: '',
  workDir: '',
  inputs: [],
  env: {},
  secrets: [],
  failure: 'finish',
  maxParallel: undefined,
  directories: [],
  checkpoint: { include: [], exclude: [], maxSizeBytes: 0, minIntervalMs: 0 },
  fallbacks: NO_FALLBACKS,
  steps: [],
  outputs: {},
  warnings: [],
};
