import { FALLBACK_NAMES } from '../model/pipeline.js';
import { quote } from '../model/quote.js';
import { findStep, type Reading, type Viewer } from './scope.js';
import { textOf, type ScalarNode, type YamlNode } from '../yaml/yaml-tree.js';

/** The ids of a list of steps, and the index of each. */
export type StepIds = { readonly ids: readonly string[]; readonly byId: ReadonlyMap<string, number> };

/** Only this much of a name is read for its slug. */
const LONGEST_NAME_READ = 1000;

/** Leaves room for a suffix within the longest id. */
const LONGEST_SLUG = 80;

/** Assigns ids to the steps of a list: the stated id, else a slug of the name, else `step-N`. */
export const assignIds = (
  steps: readonly YamlNode[],
  around: Viewer | undefined,
  { mistakes, lines }: Reading,
): StepIds => {
  const stated = steps.map((step) => scalarAt(step, 'id'));
  const byId = new Map<string, number>();
  for (const [index, node] of stated.entries()) {
    const id = textOf(node);
    if (node === undefined || id === undefined) continue;
    const twin = steps[byId.get(id.toLowerCase()) ?? -1];
    const outer = findStep(id, around);
    if (twin !== undefined) {
      const line = String(lines.lineAt(twin.start));
      mistakes.add('duplicate-id', node, `the id ${quote(id)} is taken by the step in line ${line}`);
    } else byId.set(id.toLowerCase(), index);
    if (isReserved(id))
      mistakes.add('reserved-id', node, `the id ${quote(id)} is the name of a fallback; choose another one`);
    if (outer !== undefined) {
      const line = String(lines.lineAt(outer.viewer.scope.nodes[outer.index]?.start ?? 0));
      mistakes.add('shadowed-id', node, `the id ${quote(id)} hides the step in line ${line}; choose another one`);
    }
  }
  const suffixes = new Map<string, number>();
  const ids = stated.map((node, index) => {
    const id = textOf(node);
    if (id !== undefined) return id;
    const made = makeId(
      slugOf(steps[index]) ?? `step-${String(index + 1)}`,
      suffixes,
      (candidate) => isReserved(candidate) || byId.has(candidate) || findStep(candidate, around) !== undefined,
    );
    byId.set(made, index);
    return made;
  });
  return { ids, byId };
};

const RESERVED: readonly string[] = FALLBACK_NAMES;

/** Names of fallbacks are reserved, because they are path segments too. */
const isReserved = (id: string): boolean => RESERVED.includes(id.toLowerCase());

const scalarAt = (step: YamlNode | undefined, key: string): ScalarNode | undefined => {
  const entry = step?.kind === 'map' ? step.entries.find((each) => each.key === key) : undefined;
  return entry?.value.kind === 'scalar' ? entry.value : undefined;
};

/** Ignores expressions in the name; a slug that does not start with a letter gets the prefix `step-`. */
const slugOf = (step: YamlNode | undefined): string | undefined => {
  const slug = (textOf(scalarAt(step, 'name')) ?? '')
    .slice(0, LONGEST_NAME_READ)
    .replaceAll(/\$\{\{.*?\}\}/g, ' ')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST_SLUG)
    .replaceAll(/^-|-$/g, '');
  if (slug === '') return undefined;
  return /^[a-z]/.test(slug) ? slug : `step-${slug}`;
};

const makeId = (base: string, suffixes: Map<string, number>, isTaken: (id: string) => boolean): string => {
  let suffix = suffixes.get(base) ?? 1;
  let id = suffix === 1 ? base : `${base}-${String(suffix)}`;
  while (isTaken(id)) {
    suffix += 1;
    id = `${base}-${String(suffix)}`;
  }
  suffixes.set(base, suffix);
  return id;
};
