import { numberField, type Fields } from '../read/field-values.js';
import type { FanOutStep } from '../model/pipeline.js';
import { readCondition } from '../read/read-condition.js';
import { readOutputs } from './read-container.js';
import { readInnerDefaults } from '../read/read-defaults.js';
import { readJson } from '../read/read-json.js';
import { readProcess } from './read-process.js';
import { readBase } from '../read/read-step.js';
import type { ListContext, Reading, Scope } from '../read/scope.js';
import type { StepPoint } from '../read/step-point.js';

/** Reads `for_each` with its steps, or with the one script that runs for each item. */
export const readFanOut = (point: StepPoint, fields: Fields, reading: Reading): FanOutStep => {
  const isScript = fields.has('run') || fields.has('commands');
  const step = isScript ? readScripted(point, fields, reading) : readStepped(point, fields, reading);
  readItems(step, point, { fields, reading });
  return step;
};

/** What only the steps of a fan-out can read. */
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

/** Fields that belong to each item when a script runs for it; they can read `item` and `index`. */
const OF_ITEMS: readonly string[] = [
  'run',
  'commands',
  'mode',
  'env',
  'shell',
  'working_directory',
  'idle_timeout',
  'kill_grace',
  'retry',
  'output_format',
  'reads',
  'writes',
  'on_resume',
];

const readScripted = (point: StepPoint, fields: Fields, reading: Reading): Open => {
  const ofItems = new Map([...fields].filter(([name]) => OF_ITEMS.includes(name)));
  const ofWhole = new Map([...fields].filter(([name]) => !OF_ITEMS.includes(name)));
  const scope = itemScope(point);
  const one = readProcess({ ...point, needs: [], viewer: { scope, at: 0 } }, ofItems, reading);
  scope.steps.push(one);
  const whole = readBase(point, { fields: ofWhole, script: one.name, outputs: [] }, reading);
  return { ...whole, ...shared(fields), outputs: {}, body: { one: { ...one, name: whole.name } } };
};

/** The place of the script: a list of its own, in which it has no id. */
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
