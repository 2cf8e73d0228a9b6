import type { Step } from '../language/pipeline.js';
import type { RunState } from '../state/run-state.js';
import { flattenFrame, type Frame } from './export-frame.js';
import type { Decision } from './plan.js';
import type { Selection } from './selection.js';
import type { ListScope, ValueSource, Viewpoint } from './step-context.js';
import type { WorkspaceFiles } from './workspace-files.js';

/** A plan in the making. */
export type Planning = {
  readonly last: RunState;
  readonly selection: Selection;
  readonly files: WorkspaceFiles;
  /** Values as fingerprints see them. */
  readonly source: ValueSource;
  /** Values as steps will see them, as far as they are known by now. */
  readonly live: ValueSource;
  /** Secrets as they were inherited, empty where they are not set; undefined when that is not known. */
  readonly secrets: Readonly<Record<string, string>> | undefined;
  /** Why a finished step cannot be kept although nothing about it changed; undefined when it can. */
  readonly unkept: (path: string) => string | undefined;
  readonly decisions: Map<string, Decision>;
};

/** What a list takes over from its container. */
export type ListBase = {
  readonly env: string;
  readonly needs: string;
  readonly frame: Frame;
  /** Sequence number of the latest work upstream. */
  readonly since: number;
  /** Why everything in the list runs again; undefined when nothing says so. */
  readonly stale: string | undefined;
  /** Its container's failure was tolerated: failed steps in it are done. */
  readonly tolerated: boolean;
};

/** A step's place while planning: its list, and what it takes over from upstream. */
export type PlanPlace = { readonly list: ListScope; readonly base: ListBase };

/** Where the expressions of a list's steps are evaluated while planning: nothing upstream has failed. */
export const viewOf = (list: ListScope, frame: Frame, step?: Step): Viewpoint => ({
  list,
  env: () => flattenFrame(frame).env,
  status: { success: true, failure: false },
  ...(step !== undefined && { step }),
});
