import type { Pipeline } from '../model/pipeline.js';
import type { YamlNode } from '../yaml/yaml-tree.js';

/** The mutexes used by the steps of a file and of the files it calls. */
export type MutexUse = {
  /** Every mutex that a step uses. */
  readonly wanted: readonly string[];
  readonly nestings: readonly { readonly held: readonly string[]; readonly wanted: string }[];
};

/** A called file, with the facts its callers need. */
export type CalledFile = {
  readonly pipeline: Pipeline;
  readonly mutexes: MutexUse;
  /** How deep calls nest in it; 0 if it calls nothing. */
  readonly depth: number;
  /** The number of its steps; steps of called files count once per call. */
  readonly stepCount: number;
};

/** The files that a file calls, by normalized path, with the node that names each first; without those with mistakes. */
export type CalledFiles = ReadonlyMap<string, CalledFile & { readonly node: YamlNode }>;
