import { fieldsOf, textField } from './field-values.js';
import { kindOf } from './check-keys.js';
import type { Step } from './pipeline.js';
import { readContainer, readProcess, type StepDefaults, type StepPoint } from './read-step.js';
import { quote } from './quote.js';
import type { Reading, Scope, Viewer } from './scope.js';
import { assignIds } from './step-ids.js';
import { readNeeds, type ListMode } from './step-needs.js';
import type { YamlNode } from './yaml-tree.js';

/** What a list of steps stands in. */
export type Surroundings = {
  readonly mode: ListMode;
  readonly around: Viewer | undefined;
  readonly defaults: StepDefaults;
};

/** Reads a list of steps and all below it. Broken steps keep their place, so that positions stay true. */
export const readStepList = (
  list: YamlNode | undefined,
  { mode, around, defaults }: Surroundings,
  reading: Reading,
): Scope => {
  const nodes = list?.kind === 'list' ? list.items : [];
  const stepIds = assignIds(nodes, around, reading);
  const { needs, ranks } = readNeeds(nodes, { stepIds, mode }, reading);
  const scope: Scope = { ids: stepIds.byId, needs, ranks, nodes, steps: [], around };
  reading.scopes.push(scope);
  for (const [index, node] of nodes.entries()) {
    const id = stepIds.ids[index] ?? '';
    const point = { node, id, needs: needs[index] ?? [], viewer: { scope, at: index }, defaults };
    scope.steps.push(readStep(point, reading));
  }
  return scope;
};

const readStep = (point: StepPoint, reading: Reading): Step => {
  const { node, defaults } = point;
  const kind = node.kind === 'map' ? kindOf(node) : undefined;
  const fields = fieldsOf(node, 'step');
  noteMutex(
    { node: fields.get('mutex')?.value ?? node, wanted: textField(fields, 'mutex'), held: defaults.mutexes },
    reading,
  );
  if (kind !== 'steps' && kind !== 'parallel') return readProcess(point, fields, reading);
  const inner = readContainer(point, fields, reading);
  const surroundings: Surroundings = {
    mode: kind === 'parallel' ? 'parallel' : 'sequential',
    around: point.viewer,
    defaults: inner.defaults,
  };
  const scope = readStepList(fields.get(kind)?.value, surroundings, reading);
  return inner.finish(scope, kind === 'parallel' ? 'parallel' : 'group');
};

type MutexUse = { readonly node: YamlNode; readonly wanted: string | undefined; readonly held: readonly string[] };

const noteMutex = ({ node, wanted, held }: MutexUse, { mistakes, mutexNestings }: Reading): void => {
  if (wanted === undefined || held.length === 0) return;
  if (!held.includes(wanted)) mutexNestings.push({ node, wanted, held });
  else {
    const message = `the mutex ${quote(wanted)} is held by a group around this step, so it would wait forever`;
    mistakes.add('nested-mutex', node, message);
  }
};
