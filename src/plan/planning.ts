import type { ItemSite } from '../evaluate/enter-container.js';
import type { Both, Site, Sources } from '../evaluate/context/site.js';
import type { Frame, FrameLayer } from '../evaluate/context/export-frame.js';
import type { WorkspaceFiles } from '../evaluate/context/workspace-files.js';
import type { Choice, RunState } from '../state/run-state.js';
import type { Decision } from './plan.js';
import type { Selection } from './selection.js';

/** The working state of planning. */
export type Planning = {
  /** The last run. Its `steps` and `fallbacks` are copies, in which moved items get their new indexes. */
  readonly last: RunState;
  readonly selection: Selection;
  readonly files: WorkspaceFiles;
  /** Live values are those that steps will see, as far as they are known. */
  readonly sources: Sources;
  readonly decisions: Map<string, Decision>;
  /** The choices of containers that are kept, by path. */
  readonly choices: Map<string, Choice>;
};

/** The site of a list, or of a step in it, and the facts that planning carries down to it. */
export type PlanSite = Site & {
  /** Sequence number of the latest work upstream. */
  readonly since: number;
  /** The reason why everything here runs again; undefined if there is none. */
  readonly stale: string | undefined;
  /** The failure of a container around it was tolerated, so its failed steps are done. */
  readonly tolerated: boolean;
  /** For a list: the list and values of each step, by position, where these differ from the site. */
  readonly items?: readonly ItemSite[];
};

/** A decided step, as the steps after it need it. */
export type Settled = {
  readonly decision: Decision;
  /** Sequence number of the latest work up to and including it. */
  readonly since: number;
  /** Its exports. */
  readonly layer: FrameLayer;
  readonly identity: string;
  readonly frames: Both<Frame>;
};

/** Decides all steps of a list and returns them in file order. */
export type PlanList = (site: PlanSite, planning: Planning) => Promise<readonly Settled[]>;
