import type { RunState, StepRecord } from '../state/run-state.js';

/** A step's record in its place: below its container, in the order of first mention. */
export type StepNode = { readonly record: StepRecord; readonly depth: number; readonly isContainer: boolean };

/** Every step of a run that is known so far, containers before their children. */
export const stepTree = (state: RunState): readonly StepNode[] => {
  const children = childrenByPath(state);
  const nodes: StepNode[] = [];
  const waiting = (children.get('') ?? []).toReversed().map((record) => ({ record, depth: 0 }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { record, depth } = next;
    const inner = children.get(record.path) ?? [];
    nodes.push({ record, depth, isContainer: inner.length > 0 || holdsSteps(record) });
    for (const child of inner.toReversed()) waiting.push({ record: child, depth: depth + 1 });
  }
  return nodes;
};

const holdsSteps = ({ kind }: StepRecord): boolean => kind === 'group' || kind === 'parallel';

const childrenByPath = (state: RunState): ReadonlyMap<string, readonly StepRecord[]> => {
  const children = new Map<string, StepRecord[]>();
  for (const record of state.steps.values()) {
    const parent = nearestKnown(record.path, state);
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [record]);
    else siblings.push(record);
  }
  return children;
};

const nearestKnown = (path: string, state: RunState): string => {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const parent = path.slice(0, end);
    if (state.steps.has(parent)) return parent;
  }
  return '';
};
