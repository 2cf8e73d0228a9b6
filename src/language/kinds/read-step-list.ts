import { kindOf } from '../fields/kind-keys.js';
import type { SomeKindRow } from './kind-row.js';
import { KIND_ROWS, ROW_OF_KEY, STEP_MARKS, STEP_SPELLINGS } from './kind-rows.js';
import { fieldsOf, textField, type Fields } from '../read/field-values.js';
import type { Step } from '../model/pipeline.js';
import { quote } from '../model/quote.js';
import { readCondition } from '../read/read-condition.js';
import type { ListContext, Reading, Scope } from '../read/scope.js';
import { assignIds } from '../read/step-ids.js';
import { readNeeds } from '../read/step-needs.js';
import type { ReadList, StepPoint, Surroundings } from '../read/step-point.js';
import type { YamlNode } from '../yaml/yaml-tree.js';

/** Reads a list of steps with all nested lists. Broken steps stay in the list, so that positions stay correct. */
export const readStepList: ReadList = (list, surroundings, reading) => {
  const { mode, around, defaults } = surroundings;
  const nodes = list?.kind === 'list' ? list.items : [];
  const stepIds = assignIds(nodes, around, reading);
  const { needs, ranks } = readNeeds(nodes, { stepIds, mode }, reading);
  const scope: Scope = { ids: stepIds.byId, needs, ranks, nodes, steps: [], around, ...broughtTo(surroundings) };
  reading.scopes.push(scope);
  for (const [index, node] of nodes.entries()) {
    const id = stepIds.ids[index] ?? '';
    const viewer = { scope, at: index };
    const point = { node, id, needs: needs[index] ?? [], viewer, defaults, readList: readStepList };
    scope.steps.push(readStep(point, reading));
  }
  return scope;
};

const NO_CONTEXTS: readonly ListContext[] = Object.freeze([]);

const broughtTo = ({ around, brings }: Surroundings): Pick<Scope, 'contexts' | 'fallbackDepth'> => {
  const { contexts, fallbackDepth } = around?.scope ?? { contexts: NO_CONTEXTS, fallbackDepth: 0 };
  return {
    contexts: brings === undefined ? contexts : [...contexts, ...brings],
    fallbackDepth: brings?.includes('failure') === true ? fallbackDepth + 1 : fallbackDepth,
  };
};

const readStep = (point: StepPoint, reading: Reading): Step => {
  const { node, defaults } = point;
  const fields = fieldsOf(node, STEP_SPELLINGS);
  noteMutex(
    { node: fields.get('mutex')?.value ?? node, wanted: textField(fields, 'mutex'), held: defaults.mutexes },
    reading,
  );
  const row = kindAt(node);
  const step = row.read(point, fields, reading);
  if (!row.choosesByIf) readIf(step, point, { fields, reading });
  return step;
};

/** Reads a step without a kind, or with two, as a script, so that its other mistakes are still found. */
const kindAt = (node: YamlNode): SomeKindRow => {
  const key = node.kind === 'map' ? kindOf(node, STEP_MARKS) : undefined;
  return (key === undefined ? undefined : ROW_OF_KEY.get(key)) ?? KIND_ROWS.script;
};

const readIf = (
  step: Step,
  { viewer }: StepPoint,
  { fields, reading }: { readonly fields: Fields; readonly reading: Reading },
): void => {
  // A step is read-only, except here while the file is still being read.
  const target: { if?: string } = step;
  const take = (text: string): void => {
    target.if = text;
  };
  readCondition(fields.get('if')?.value, { place: 'step', viewer, take, isIf: true }, reading);
};

type MutexUse = { readonly node: YamlNode; readonly wanted: string | undefined; readonly held: readonly string[] };

const noteMutex = ({ node, wanted, held }: MutexUse, { mistakes, mutexNestings }: Reading): void => {
  if (wanted === undefined || held.length === 0) return;
  if (!held.includes(wanted)) mutexNestings.push({ node, wanted, held });
  else {
    const message = `the mutex ${quote(wanted)} is held by a step around this one until it has ended, so it would wait forever`;
    mistakes.add('nested-mutex', node, message);
  }
};
