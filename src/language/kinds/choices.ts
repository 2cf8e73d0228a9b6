import { condition } from '../fields/shape.js';
import * as shared from '../fields/shared-fields.js';
import type { Fields } from '../read/field-values.js';
import type { Arm, BranchStep, SwitchStep } from '../model/pipeline.js';
import { armNames } from '../read/arm-names.js';
import { readCondition } from '../read/read-condition.js';
import { readInnerDefaults } from '../read/read-defaults.js';
import type { Reading, Scope, Viewer } from '../read/scope.js';
import type { StepPoint } from '../read/step-point.js';
import type { YamlNode } from '../yaml/yaml-tree.js';
import { CONTAINER, readContainer } from './container.js';
import type { KindRow } from './kind-row.js';

/** `if` with `then` and `else` */
export const BRANCH: KindRow<'branch'> = {
  ...CONTAINER,
  word: 'branch',
  marks: [
    {
      name: 'then',
      isKind: true,
      shape: shared.steps,
      beside: ['if'],
      inside: '"then"',
      about: 'A branch: the steps to run when the condition in "if" is true.',
    },
  ],
  fields: [
    ...CONTAINER.fields,
    { name: 'else', shape: shared.steps, about: 'The steps to run when the condition is false.' },
  ],
  choosesByIf: true,
  read: (point, fields, reading) => readBranch(point, fields, reading),
};

/** `switch` with `cases` and `default` */
export const SWITCH: KindRow<'switch'> = {
  ...CONTAINER,
  word: 'switch',
  marks: [
    {
      name: 'switch',
      isKind: true,
      shape: condition,
      beside: ['cases'],
      inside: 'a case of "switch"',
      about: 'A switch: an expression whose value selects a case.',
    },
  ],
  fields: [
    ...CONTAINER.fields,
    {
      name: 'cases',
      shape: { is: 'names', of: shared.steps, least: 1 },
      about: 'Steps for each case; its key must equal the value exactly.',
    },
    { name: 'default', shape: shared.steps, about: 'The steps to run when no case matches.' },
  ],
  read: (point, fields, reading) => readSwitch(point, fields, reading),
};

/** The condition selects the arm; if it calls a status function, the branch always starts. */
const readBranch = (point: StepPoint, fields: Fields, reading: Reading): BranchStep => {
  const written = ['then', 'else'].flatMap((name) => armOf(name, fields.get(name)?.value));
  const step: Writable<BranchStep> = {
    ...readArms(point, { fields, written }, reading),
    kind: 'branch',
    condition: '',
  };
  const take = (text: string, namesStatus: boolean): void => {
    step.condition = text;
    if (namesStatus) step.if = 'always()';
  };
  readCondition(fields.get('if')?.value, { place: 'step', viewer: point.viewer, take, isIf: true }, reading);
  return step;
};

const readSwitch = (point: StepPoint, fields: Fields, reading: Reading): SwitchStep => {
  const cases = fields.get('cases')?.value;
  const entries = cases?.kind === 'map' ? cases.entries : [];
  const names = armNames(entries.map(({ key }) => key));
  const written = [
    ...entries.map(({ key, value }, index) => ({ name: names[index] ?? '', text: key, list: value })),
    ...armOf('default', fields.get('default')?.value),
  ];
  const step: Writable<SwitchStep> = { ...readArms(point, { fields, written }, reading), kind: 'switch', value: '' };
  const take = (text: string): void => {
    step.value = text;
  };
  readCondition(fields.get('switch')?.value, { place: 'step', viewer: point.viewer, take, isIf: false }, reading);
  return step;
};

/** A step while it is being read. */
type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

type WrittenArm = Pick<Arm, 'name' | 'text'> & { readonly list: YamlNode };

const armOf = (name: string, list: YamlNode | undefined): readonly WrittenArm[] =>
  list === undefined ? [] : [{ name, list }];

type Choice = { readonly fields: Fields; readonly written: readonly WrittenArm[] };

const readArms = (
  point: StepPoint,
  { fields, written }: Choice,
  reading: Reading,
): Omit<BranchStep, 'kind' | 'condition'> => {
  const defaults = readInnerDefaults(point, fields, reading);
  const around = point.viewer;
  const scopes = written.map(({ list }) => point.readList(list, { mode: 'sequential', around, defaults }, reading));
  const arms = written.map(({ name, text }, index) => ({
    name,
    ...(text !== undefined && { text }),
    steps: scopes[index]?.steps ?? [],
  }));
  return { ...readContainer(point, { fields, defaults, inside: anyOf(scopes, around) }, reading), arms };
};

/** Combines the arms into one list, in which the steps of all arms can be looked up. */
const anyOf = (arms: readonly Scope[], around: Viewer): Scope => {
  const ids = new Map<string, number>();
  let before = 0;
  for (const arm of arms) {
    for (const [id, index] of arm.ids) if (!ids.has(id)) ids.set(id, before + index);
    before += arm.steps.length;
  }
  return {
    ids,
    needs: [],
    ranks: undefined,
    nodes: arms.flatMap(({ nodes }) => nodes),
    steps: arms.flatMap(({ steps }) => steps),
    around,
    contexts: around.scope.contexts,
    fallbackDepth: around.scope.fallbackDepth,
    arms,
  };
};
