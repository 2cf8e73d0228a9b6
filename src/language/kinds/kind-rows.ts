import type { Field } from '../fields/field.js';
import { fallbacks } from '../fields/shared-fields.js';
import { spellingsOf } from '../fields/spellings.js';
import { EVERY_STEP, PLANNED_FIELDS, PLANNED_KINDS } from '../fields/step-fields.js';
import type { Step, StepKind, StepOf } from '../model/pipeline.js';
import { CALL } from './call.js';
import { BRANCH, SWITCH } from './choices.js';
import { FAN_OUT } from './fan-out.js';
import { GROUP, PARALLEL } from './groups.js';
import type { DeclaredOutputs, KindRows, SomeKindRow } from './kind-row.js';
import { LOOP } from './loop.js';
import { COMMANDS, SCRIPT } from './processes.js';

/** One row for each kind of step, in the order that messages and the schema use. */
export const KIND_ROWS: KindRows = {
  script: SCRIPT,
  commands: COMMANDS,
  group: GROUP,
  parallel: PARALLEL,
  branch: BRANCH,
  switch: SWITCH,
  loop: LOOP,
  'fan-out': FAN_OUT,
  pipeline: CALL,
};

/** The row of a step's kind. */
export const rowOf = ({ kind }: Step): SomeKindRow => KIND_ROWS[kind];

/** The declared outputs of a step, or of each of its items; undefined: any name is possible. */
export const declaredOutputs = <Kind extends StepKind>(kind: Kind, step: StepOf<Kind>): DeclaredOutputs | undefined =>
  KIND_ROWS[kind].declaredOutputs(step);

const ROWS: readonly SomeKindRow[] = Object.values(KIND_ROWS);

/** Kind rows by the keys that determine the kind. */
export const ROW_OF_KEY: ReadonlyMap<string, SomeKindRow> = new Map(
  ROWS.flatMap((row) => row.marks.map(({ name }) => [name, row] as const)),
);

/** The fields that determine the kind of a step. */
export const STEP_MARKS: readonly Field[] = [...ROWS.flatMap(({ marks }) => marks), ...PLANNED_KINDS];

/** The fields that only some kinds have, each with the keys of those kinds. */
const KIND_FIELDS: readonly Field[] = [...new Set(ROWS.flatMap(({ fields }) => fields))].map((field) => ({
  ...field,
  on: ROWS.filter(({ fields }) => fields.includes(field)).flatMap(({ marks }) => marks.map(({ name }) => name)),
}));

/** All fields of a step, kinds first. */
export const STEP: readonly Field[] = [...STEP_MARKS, ...EVERY_STEP, ...KIND_FIELDS, ...PLANNED_FIELDS, ...fallbacks];

/** The fields of a step by every spelling of their name. */
export const STEP_SPELLINGS = spellingsOf(STEP);
