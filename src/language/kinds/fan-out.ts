import { count, listOf } from '../fields/shape.js';
import { numberField, type Fields } from '../read/field-values.js';
import type { FanOutStep } from '../model/pipeline.js';
import { readCondition } from '../read/read-condition.js';
import { readInnerDefaults } from '../read/read-defaults.js';
import { readJson } from '../read/read-json.js';
import { readBase } from '../read/read-step.js';
import type { ListContext, Reading, Scope } from '../read/scope.js';
import type { StepPoint } from '../read/step-point.js';
import { CONTAINER, readOutputs } from './container.js';
import type { KindRow } from './kind-row.js';
import { COMMANDS, SCRIPT } from './processes.js';

/** The kinds of step that can run for each item instead of a list. */
const SCRIPTS = [SCRIPT, COMMANDS] as const;

/** `for_each` with `steps` or one script; `outputs` need `steps`. */
export const FAN_OUT: KindRow<'fan-out'> = {
  ...CONTAINER,
  word: 'fan-out',
  marks: [
    {
      name: 'for_each',
      isKind: true,
      shape: {
        is: 'either',
        plain: { is: 'text', expressions: 'condition' },
        other: listOf({ is: 'any', expressions: 'template' }),
        wanted: 'a list or an expression',
      },
      beside: ['steps', ...SCRIPTS.flatMap(({ marks }) => marks.map(({ name }) => name))],
      inside: 'the "steps" of "for_each"',
      about: 'A fan-out: runs steps, or a script, for each item of a list.',
    },
  ],
  fields: [{ name: 'max_parallel', shape: count, about: 'Largest number of items at a time.' }],
  read: (point, fields, reading) => readFanOut(point, fields, reading),
  gives: 'results',
  declaredOutputs: (step) => ('one' in step.body ? undefined : CONTAINER.declaredOutputs(step)),
};

const readFanOut = (point: StepPoint, fields: Fields, reading: Reading): FanOutStep => {
  const script = SCRIPTS.find(({ marks }) => marks.some(({ name }) => fields.has(name)));
  const step =
    script === undefined ? readStepped(point, fields, reading) : readScripted(point, { fields, script }, reading);
  readItems(step, point, { fields, reading });
  return step;
};

/** Contexts that only the steps of a fan-out can read. */
const BRINGS: readonly ListContext[] = ['item', 'index'];

type Open = Omit<FanOutStep, 'items'> & { items: FanOutStep['items'] };

const readStepped = (point: StepPoint, fields: Fields, reading: Reading): Open => {
  const defaults = readInnerDefaults(point, fields, reading);
  const surroundings = { mode: 'sequential', around: point.viewer, defaults, brings: BRINGS } as const;
  const inside = point.readList(fields.get('steps')?.value, surroundings, reading);
  return {
    ...readBase(point, { fields, script: '', defaults, outputs: [] }, reading),
    ...shared(fields),
    outputs: readOutputs({ fields, inside }, reading),
    body: { steps: inside.steps },
  };
};

/** Fields that apply to each item when a script runs for it; they can read `item` and `index`. */
const OF_ITEMS: ReadonlySet<string> = new Set([
  ...SCRIPTS.flatMap(({ marks, fields }) => [...marks, ...fields].map(({ name }) => name)),
  'env',
  'shell',
  'working_directory',
]);

const readScripted = (
  point: StepPoint,
  { fields, script }: { readonly fields: Fields; readonly script: (typeof SCRIPTS)[number] },
  reading: Reading,
): Open => {
  const ofItems = new Map([...fields].filter(([name]) => OF_ITEMS.has(name)));
  const ofWhole = new Map([...fields].filter(([name]) => !OF_ITEMS.has(name)));
  const scope = itemScope(point);
  const one = script.read({ ...point, needs: [], viewer: { scope, at: 0 } }, ofItems, reading);
  scope.steps.push(one);
  const whole = readBase(point, { fields: ofWhole, script: one.name, outputs: [] }, reading);
  return { ...whole, ...shared(fields), outputs: {}, body: { one: { ...one, name: whole.name } } };
};

/** The scope of the script: a separate list in which it has no id. */
const itemScope = ({ node, viewer }: StepPoint): Scope => ({
  ids: new Map(),
  needs: [[]],
  ranks: [0],
  nodes: [node],
  steps: [],
  around: viewer,
  contexts: [...viewer.scope.contexts, ...BRINGS],
  fallbackDepth: viewer.scope.fallbackDepth,
});

const shared = (fields: Fields): Pick<FanOutStep, 'kind' | 'maxParallel' | 'items'> => {
  const maxParallel = numberField(fields, 'max_parallel');
  return { kind: 'fan-out', ...(maxParallel !== undefined && { maxParallel }), items: { list: [] } };
};

const readItems = (
  step: Open,
  { viewer }: StepPoint,
  { fields, reading }: { readonly fields: Fields; readonly reading: Reading },
): void => {
  const node = fields.get('for_each')?.value;
  const standing = { place: 'step', viewer } as const;
  if (node?.kind === 'list') {
    step.items = { list: node.items.map((item) => readJson(item, standing, reading)) };
    return;
  }
  const take = (text: string): void => {
    step.items = { from: text };
  };
  readCondition(node, { ...standing, take, isIf: false }, reading);
};
