import type { Pipeline } from '../model/pipeline.js';
import type { YamlNode } from '../yaml/yaml-tree.js';

/** What the steps of a file, and of the files it calls, do with mutexes. */
export type MutexUse = {
  /** All that some step wants. */
  readonly wanted: readonly string[];
  readonly nestings: readonly { readonly held: readonly string[]; readonly wanted: string }[];
};

/** A called file, as those that call it need to know it. */
export type CalledFile = {
  readonly pipeline: Pipeline;
  readonly mutexes: MutexUse;
  /** How deep calls nest in it; 0 where it calls nothing. */
  readonly depth: number;
  /** Steps in it, those of the files it calls once for each call. */
  readonly stepCount: number;
};

/** The files that a file calls, by their plain paths, each with where it is named first; without those with mistakes. */
export type CalledFiles = ReadonlyMap<string, CalledFile & { readonly node: YamlNode }>;
