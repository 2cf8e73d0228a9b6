import type { Retry, Template } from '../model/pipeline.js';
import type { ListContext, Reading, Scope, Viewer } from './scope.js';
import type { ListMode } from './step-needs.js';
import type { YamlNode } from '../yaml/yaml-tree.js';

/** The defaults that steps inherit from the containers around them and from the pipeline. */
export type StepDefaults = {
  readonly shell: string | undefined;
  readonly workingDirectory: Template | undefined;
  readonly timeoutMs: number | undefined;
  readonly retry: Retry | undefined;
  /** Mutexes held by the steps around. */
  readonly mutexes: readonly string[];
};

/** The surroundings of a list of steps. */
export type Surroundings = {
  readonly mode: ListMode;
  readonly around: Viewer | undefined;
  readonly defaults: StepDefaults;
  /** Contexts that steps of this list can read in addition to those around it. */
  readonly brings?: readonly ListContext[];
};

/** Reads a list of steps with all nested lists; passed down to avoid an import cycle. */
export type ReadList = (list: YamlNode | undefined, surroundings: Surroundings, reading: Reading) => Scope;

/** A step in the file, with what its list determines for it. */
export type StepPoint = {
  readonly node: YamlNode;
  readonly id: string;
  readonly needs: readonly number[];
  readonly viewer: Viewer;
  readonly defaults: StepDefaults;
  readonly readList: ReadList;
};
