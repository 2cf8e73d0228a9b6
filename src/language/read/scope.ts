import type { CalledFiles } from './called-file.js';
import type { LineTable } from '../yaml/line-table.js';
import type { Mistakes } from '../yaml/mistakes.js';
import type { Condition, Step } from '../model/pipeline.js';
import type { ScalarNode, YamlNode } from '../yaml/yaml-tree.js';

/** A list of steps for looking up names. */
export type Scope = {
  /** Indexes of steps by lower-case id. */
  readonly ids: ReadonlyMap<string, number>;
  /** Indexes of the siblings that each step waits for. */
  readonly needs: readonly (readonly number[])[];
  /** Each step's position in an order that respects the needs; undefined if there is a cycle. */
  readonly ranks: readonly number[] | undefined;
  /** The steps as nodes of the file. */
  readonly nodes: readonly YamlNode[];
  /** Filled while the list is being read. */
  readonly steps: Step[];
  /** The point that contains the list; undefined at the top of the file. */
  readonly around: Viewer | undefined;
  /** Contexts that this list and the lists around it add. */
  readonly contexts: readonly ListContext[];
  /** How many fallbacks contain it. */
  readonly fallbackDepth: number;
  /** Set if this scope combines the arms of a choice; it then holds the ids of all arms. */
  readonly arms?: readonly Scope[];
};

/** The contexts that a list adds for its steps: `item` and `index` in a fan-out, `failure` in a fallback. */
export type ListContext = 'item' | 'index' | 'failure';

/** A point in a list from which names are looked up: at a step, or at the end, which sees the whole list. */
export type Viewer = {
  readonly scope: Scope;
  readonly at: number | 'end';
  /** The step at this point is visible too, because it has ended. */
  readonly seesItself?: true;
  /** The next point to look from, instead of the one around the list. */
  readonly around?: Viewer;
};

/** The kind of field an expression is in, which decides what it may read. */
export type SitePlace =
  'step' | 'container-directory' | 'container-outputs' | 'loop' | 'file-env' | 'file-directory' | 'file-outputs';

/** An expression, or a text with expressions, to check once all steps are known. */
export type Site = {
  readonly node: ScalarNode;
  readonly place: SitePlace;
  readonly viewer: Viewer | undefined;
  /** Set if the whole text is one expression, with or without `${{ }}`. */
  readonly condition?: ConditionUse;
};

/** What to do with a condition after it has been parsed. */
export type ConditionUse = {
  /** Receives its text without `${{ }}`, and whether it calls a status function. */
  readonly take: (text: Condition, namesStatus: boolean) => void;
  /** Whether it may call status functions. */
  readonly isIf: boolean;
};

/** A need that names no sibling. */
export type UnknownNeed = { readonly node: ScalarNode; readonly scope: Pick<Scope, 'ids'> };

/** A mutex that is requested while others are held. */
export type MutexNesting = { readonly held: readonly string[]; readonly wanted: string; readonly node: YamlNode };

/** The data collected while a file is read. */
export type Reading = {
  readonly source: string;
  readonly lines: LineTable;
  readonly mistakes: Mistakes;
  readonly sites: Site[];
  readonly scopes: Scope[];
  readonly unknownNeeds: UnknownNeed[];
  readonly mutexNestings: MutexNesting[];
  /** The called files, which are read before this file. */
  readonly called: CalledFiles;
};

/** The innermost step with that id as seen from a point, and the point in its list. */
export const findStep = (
  id: string,
  from: Viewer | undefined,
): { readonly index: number; readonly viewer: Viewer } | undefined => {
  const wanted = id.toLowerCase();
  for (let viewer = from; viewer !== undefined; viewer = outside(viewer)) {
    const index = viewer.scope.ids.get(wanted);
    if (index !== undefined) return { index, viewer };
  }
  return undefined;
};

/** The next point outwards, for names that are not found at this one. */
export const outside = (viewer: Viewer): Viewer | undefined => viewer.around ?? viewer.scope.around;
