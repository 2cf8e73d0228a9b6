import type { CalledFiles } from './called-file.js';
import type { LineTable } from '../yaml/line-table.js';
import type { Mistakes } from '../yaml/mistakes.js';
import type { Condition, Step } from '../model/pipeline.js';
import type { ScalarNode, YamlNode } from '../yaml/yaml-tree.js';

/** A list of steps as names in it are looked up. */
export type Scope = {
  /** Positions by id in lower case. */
  readonly ids: ReadonlyMap<string, number>;
  /** Positions of the siblings that each step waits for. */
  readonly needs: readonly (readonly number[])[];
  /** Each step's place in an order that respects the needs; undefined when they form a cycle. */
  readonly ranks: readonly number[] | undefined;
  /** The list in the file. */
  readonly nodes: readonly YamlNode[];
  /** Filled while the list is read. */
  readonly steps: Step[];
  /** Where the list stands; undefined at the top of the file. */
  readonly around: Viewer | undefined;
  /** Contexts that only such lists bring, with those of the lists around it. */
  readonly contexts: readonly ListContext[];
  /** How many fallbacks it stands in. */
  readonly fallbackDepth: number;
  /** Set where the arms of a choice are seen as one list, whose ids are those of all of them. */
  readonly arms?: readonly Scope[];
};

/** The contexts that a list brings to its steps: `item` and `index` those of a fan-out, `failure` a fallback. */
export type ListContext = 'item' | 'index' | 'failure';

/** A point in a list from which names are looked up: at a step, or at the end, where all of the list is seen. */
export type Viewer = {
  readonly scope: Scope;
  readonly at: number | 'end';
  /** The step at this point is seen too, because it has ended. */
  readonly seesItself?: true;
  /** Where to look next, instead of around the list. */
  readonly around?: Viewer;
};

/** Where an expression stands, which decides what it may read. */
export type SitePlace =
  'step' | 'container-directory' | 'container-outputs' | 'loop' | 'file-env' | 'file-directory' | 'file-outputs';

/** An expression, or a text with expressions, to be checked once all steps are known. */
export type Site = {
  readonly node: ScalarNode;
  readonly place: SitePlace;
  readonly viewer: Viewer | undefined;
  /** Set where all of the text is one expression, with or without `${{ }}`. */
  readonly condition?: ConditionUse;
};

/** What becomes of a condition once it is known to parse. */
export type ConditionUse = {
  /** Gets its text without `${{ }}`, and whether it calls a status function. */
  readonly take: (text: Condition, namesStatus: boolean) => void;
  /** Whether status functions can stand in it. */
  readonly isIf: boolean;
};

/** A need that no sibling answers to. */
export type UnknownNeed = { readonly node: ScalarNode; readonly scope: Pick<Scope, 'ids'> };

/** A mutex that is asked for while others are held. */
export type MutexNesting = { readonly held: readonly string[]; readonly wanted: string; readonly node: YamlNode };

/** What is gathered while a file is read. */
export type Reading = {
  readonly source: string;
  readonly lines: LineTable;
  readonly mistakes: Mistakes;
  readonly sites: Site[];
  readonly scopes: Scope[];
  readonly unknownNeeds: UnknownNeed[];
  readonly mutexNestings: MutexNesting[];
  /** Read before this file. */
  readonly called: CalledFiles;
};

/** The innermost step of that id, seen from a point, with the point in the list where it was found. */
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

/** The next point out, from which names are looked up that are not found at this one. */
export const outside = (viewer: Viewer): Viewer | undefined => viewer.around ?? viewer.scope.around;
