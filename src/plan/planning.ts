import type { Step } from '../language/model/pipeline.js';
import type { Choice, RunState } from '../state/run-state.js';
import { flattenFrame, type Frame, type FrameLayer } from '../evaluate/export-frame.js';
import type { Decision } from './plan.js';
import type { ItemScope } from '../evaluate/item-scopes.js';
import type { Selection } from './selection.js';
import type { ListScope, ValueSource, Viewpoint } from '../evaluate/step-context.js';
import type { WorkspaceFiles } from '../evaluate/workspace-files.js';

/** A plan in the making. */
export type Planning = {
  /** Its `steps` and `fallbacks` are the plan's own: items that have other places now have moved in them. */
  readonly last: RunState;
  readonly selection: Selection;
  readonly files: WorkspaceFiles;
  /** Values as fingerprints see them. */
  readonly source: ValueSource;
  /** Values as steps will see them, as far as they are known by now. */
  readonly live: ValueSource;
  /** Secrets as they were inherited, empty where they are not set; undefined when that is not known. */
  readonly secrets: Readonly<Record<string, string>> | undefined;
  readonly decisions: Map<string, Decision>;
  /** What is kept of the choices that containers made, by path. */
  readonly choices: Map<string, Choice>;
};

/** What a list takes over from its container. */
export type ListBase = {
  readonly env: string;
  readonly values: string;
  readonly needs: string;
  readonly frame: Frame;
  /** Sequence number of the latest work upstream. */
  readonly since: number;
  /** Why everything in the list runs again; undefined when nothing says so. */
  readonly stale: string | undefined;
  /** Its container's failure was tolerated: failed steps in it are done. */
  readonly tolerated: boolean;
};

/** A list of steps to be planned. `items`, by position, stand in place of the list and the values it takes over. */
export type PlannedList = { readonly list: ListScope; readonly items?: readonly ItemScope[] };

/** What is known of a step once it is decided, for the steps after it. */
export type Settled = {
  readonly decision: Decision;
  /** Sequence number of the latest work that ended with it. */
  readonly since: number;
  /** What it exported. */
  readonly layer: FrameLayer;
  readonly identity: string;
  readonly frame: Frame;
};

/** Decides all steps of a list; gives them back in the order of the file. */
export type PlanList = (planned: PlannedList, base: ListBase, planning: Planning) => Promise<readonly Settled[]>;

/** A step's place while planning: its list, and what it takes over from upstream. */
export type PlanSite = { readonly list: ListScope; readonly base: ListBase };

/** Where the expressions of a list's steps are evaluated while planning: nothing upstream has failed. */
export const viewOf = (list: ListScope, frame: Frame, step?: Step): Viewpoint => ({
  list,
  env: () => flattenFrame(frame).env,
  status: { success: true, failure: false },
  ...(step !== undefined && { step }),
});
