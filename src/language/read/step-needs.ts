import { isTemplate } from '../../expressions/template-text.js';
import { quote } from '../model/quote.js';
import type { Reading } from './scope.js';
import { cyclesIn, rankByNeeds } from '../model/needs-order.js';
import type { StepIds } from './step-ids.js';
import { textNodes } from './field-values.js';
import { textOf, type YamlNode } from '../yaml/yaml-tree.js';

/** Whether steps of a list run one after the other or concurrently by default. */
export type ListMode = 'sequential' | 'parallel';

/** The needs of all steps of a list. */
export type Needs = {
  readonly needs: readonly (readonly number[])[];
  /** Undefined if there is a cycle, which is reported. */
  readonly ranks: readonly number[] | undefined;
};

const NONE: readonly number[] = Object.freeze([]);

/** Reads the needs of a list; by default the previous step, in a parallel list none. */
export const readNeeds = (
  steps: readonly YamlNode[],
  { stepIds, mode }: { readonly stepIds: StepIds; readonly mode: ListMode },
  reading: Reading,
): Needs => {
  const needs = steps.map((step, index) => {
    const entry = step.kind === 'map' ? step.entries.find(({ key }) => key === 'needs') : undefined;
    if (entry === undefined) return mode === 'parallel' || index === 0 ? NONE : [index - 1];
    return statedNeeds(entry.value, { index, stepIds }, reading);
  });
  const ranks = rankByNeeds(needs);
  if (ranks === undefined) reportCycles(needs, { steps, stepIds }, reading);
  return { needs, ranks };
};

const statedNeeds = (
  node: YamlNode,
  { index, stepIds }: { readonly index: number; readonly stepIds: StepIds },
  { mistakes, unknownNeeds }: Reading,
): readonly number[] => {
  const found = new Set<number>();
  for (const item of textNodes(node)) {
    const id = textOf(item) ?? '';
    const need = stepIds.byId.get(id.toLowerCase());
    // Expressions have been reported already.
    if (isTemplate(id)) continue;
    if (need === undefined) unknownNeeds.push({ node: item, scope: { ids: stepIds.byId } });
    else if (need === index) mistakes.add('needs-itself', item, 'a step cannot wait for itself');
    else found.add(need);
  }
  return found.size === 0 ? NONE : [...found];
};

/** Of longer cycles only the beginning is shown. */
const LONGEST_SHOWN = 20;

const reportCycles = (
  needs: readonly (readonly number[])[],
  { steps, stepIds }: { readonly steps: readonly YamlNode[]; readonly stepIds: StepIds },
  { mistakes }: Reading,
): void => {
  for (const cycle of cyclesIn(needs)) {
    const names = [...cycle, ...cycle.slice(0, 1)].map((index) => quote(stepIds.ids[index] ?? ''));
    const shown =
      names.length <= LONGEST_SHOWN ? names : [...names.slice(0, LONGEST_SHOWN), `… (${String(cycle.length)} steps)`];
    const first = steps[cycle[0] ?? 0];
    const at = first?.kind === 'map' ? (first.entries.find(({ key }) => key === 'needs') ?? first) : first;
    if (at !== undefined) mistakes.add('cycle', at, `these steps wait for each other: ${shown.join(' needs ')}`);
  }
};
