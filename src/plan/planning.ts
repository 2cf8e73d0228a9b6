import type { ItemSite } from '../evaluate/enter-container.js';
import type { Both, Site, Sources } from '../evaluate/context/site.js';
import type { Frame, FrameLayer } from '../evaluate/context/export-frame.js';
import type { WorkspaceFiles } from '../evaluate/context/workspace-files.js';
import type { Choice, RunState } from '../state/run-state.js';
import type { Decision } from './plan.js';
import type { Selection } from './selection.js';

/** A plan in the making. */
export type Planning = {
  /** Its `steps` and `fallbacks` are the plan's own: items that have other indexes now have moved in them. */
  readonly last: RunState;
  readonly selection: Selection;
  readonly files: WorkspaceFiles;
  /** Live values are what steps will see, as far as that is known. */
  readonly sources: Sources;
  readonly decisions: Map<string, Decision>;
  /** What is kept of the choices that containers made, by path. */
  readonly choices: Map<string, Choice>;
};

/** Where a list, or a step in it, stands while planning, and what it takes over from upstream. */
export type PlanSite = Site & {
  /** Sequence number of the latest work upstream. */
  readonly since: number;
  /** Why everything here runs again; undefined when nothing says so. */
  readonly stale: string | undefined;
  /** The failure of a container around it was tolerated: failed steps in it are done. */
  readonly tolerated: boolean;
  /** Of a list: what each of its steps, by position, has instead. */
  readonly items?: readonly ItemSite[];
};

/** What is known of a step once it is decided, for the steps after it. */
export type Settled = {
  readonly decision: Decision;
  /** Sequence number of the latest work that ended with it. */
  readonly since: number;
  /** What it exported. */
  readonly layer: FrameLayer;
  readonly identity: string;
  readonly frames: Both<Frame>;
};

/** Decides all steps of a list; gives them back in the order of the file. */
export type PlanList = (site: PlanSite, planning: Planning) => Promise<readonly Settled[]>;
