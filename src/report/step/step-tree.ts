import { isInFallback } from '../../state/in-fallback.js';
import { holdsSteps, type FallbackRecord, type RunState, type StepRecord } from '../../state/run-state.js';

/** A step's record as a tree node: below its container, in the order of first mention. */
export type StepNode = {
  readonly kind: 'step';
  readonly path: string;
  readonly record: StepRecord;
  /** 0 at the top. */
  readonly depth: number;
  readonly isContainer: boolean;
};

/** A fallback below the step it belongs to, or at the top if it belongs to the pipeline. */
export type FallbackNode = {
  readonly kind: 'fallback';
  readonly path: string;
  readonly record: FallbackRecord;
  readonly depth: number;
};

/** A step or a fallback in the tree of a run. */
export type TreeNode = StepNode | FallbackNode;

/**
 * All steps and fallbacks of a run known so far, containers before their content: `on_started` of a step or pipeline
 * comes before its steps, the other fallbacks after them.
 */
export const runTree = (state: RunState): readonly TreeNode[] => {
  const inner = membersByParent(state);
  const nodes: TreeNode[] = [];
  const listBelow = (parent: string, depth: number): void => {
    const { first, steps, last } = inner.get(parent) ?? NO_MEMBERS;
    for (const member of [...first, ...steps, ...last]) {
      const { path } = member;
      if (member.kind === 'fallback') nodes.push({ ...member, depth });
      else nodes.push({ ...member, depth, isContainer: holdsSteps(member.record) || hasSteps(inner.get(path)) });
      listBelow(path, depth + 1);
    }
  };
  listBelow('', 0);
  return nodes;
};

/** The tree of all pipeline steps known so far, without steps of fallbacks. */
export const stepTree = (state: RunState): readonly StepNode[] =>
  runTree(state).filter((node): node is StepNode => node.kind === 'step' && !isInFallback(node.path));

type StepMember = Pick<StepNode, 'kind' | 'path' | 'record'>;
type FallbackMember = Pick<FallbackNode, 'kind' | 'path' | 'record'>;
type Members = {
  readonly first: readonly FallbackMember[];
  readonly steps: readonly StepMember[];
  readonly last: readonly FallbackMember[];
};

const NO_MEMBERS: Members = { first: [], steps: [], last: [] };

const hasSteps = (members: Members | undefined): boolean => members !== undefined && members.steps.length > 0;

const membersByParent = (state: RunState): ReadonlyMap<string, Members> => {
  const found = new Map<string, { first: FallbackMember[]; steps: StepMember[]; last: FallbackMember[] }>();
  const membersOf = (path: string) => {
    const parent = nearestKnown(path, state);
    const members = found.get(parent) ?? { first: [], steps: [], last: [] };
    found.set(parent, members);
    return members;
  };
  for (const [path, record] of state.steps) membersOf(path).steps.push({ kind: 'step', path, record });
  for (const [path, record] of state.fallbacks) {
    const { first, last } = membersOf(path);
    (record.name === 'on_started' ? first : last).push({ kind: 'fallback', path, record });
  }
  return found;
};

/** The nearest ancestor with a record; arms, for example, have none. */
const nearestKnown = (path: string, { steps, fallbacks }: RunState): string => {
  let outer = path;
  while (outer !== '') {
    outer = outer.endsWith(']')
      ? outer.slice(0, outer.lastIndexOf('['))
      : outer.slice(0, Math.max(0, outer.lastIndexOf('/')));
    if (steps.has(outer) || fallbacks.has(outer)) return outer;
  }
  return '';
};
