import type { Retry, Template } from '../model/pipeline.js';
import type { ListContext, Reading, Scope, Viewer } from './scope.js';
import type { ListMode } from './step-needs.js';
import type { YamlNode } from '../yaml/yaml-tree.js';

/** What steps get from the containers around them and from the pipeline. */
export type StepDefaults = {
  readonly shell: string | undefined;
  readonly workingDirectory: Template | undefined;
  readonly timeoutMs: number | undefined;
  readonly retry: Retry | undefined;
  /** Held by the steps around. */
  readonly mutexes: readonly string[];
};

/** What a list of steps stands in. */
export type Surroundings = {
  readonly mode: ListMode;
  readonly around: Viewer | undefined;
  readonly defaults: StepDefaults;
  /** What steps of this list can read, and those around it cannot. */
  readonly brings?: readonly ListContext[];
};

/** Reads a list of steps and all below it; handed down, so that what stands in a step can have lists of its own. */
export type ReadList = (list: YamlNode | undefined, surroundings: Surroundings, reading: Reading) => Scope;

/** A step in the file, with what its list decides about it. */
export type StepPoint = {
  readonly node: YamlNode;
  readonly id: string;
  readonly needs: readonly number[];
  readonly viewer: Viewer;
  readonly defaults: StepDefaults;
  readonly readList: ReadList;
};
