import type { Field, KindField } from '../fields/field.js';
import type { StepKind, StepOf } from '../model/pipeline.js';
import type { Fields } from '../read/field-values.js';
import type { Reading } from '../read/scope.js';
import type { StepPoint } from '../read/step-point.js';

/** Everything that reading and checking a pipeline file needs to know about one kind of step. */
export type KindRow<Kind extends StepKind> = {
  /** What messages call such a step. */
  readonly word: string;
  /** The keys that make a step this kind: one for each way to write it. */
  readonly marks: readonly KindField[];
  /** The other fields that only some kinds have; this one has these. */
  readonly fields: readonly Field[];
  /** Whether its `if` chooses between its lists and is read by `read`; elsewhere it decides whether the step starts. */
  readonly choosesByIf: boolean;
  /** Reads a step of this kind; also a broken one, which will never run. */
  readonly read: (point: StepPoint, fields: Fields, reading: Reading) => StepOf<Kind>;
  /** What expressions read of it: `outputs`, or `results`, one for each item. */
  readonly gives: 'outputs' | 'results';
  /** The outputs of the step or of each item; undefined: any name may exist. */
  readonly declaredOutputs: (step: StepOf<Kind>) => DeclaredOutputs | undefined;
};

/** One row for each kind of step. */
export type KindRows = { readonly [Kind in StepKind]: KindRow<Kind> };

/** The row of some kind of step. */
export type SomeKindRow = KindRows[StepKind];

/** The names of outputs, and where the file declares them. */
export type DeclaredOutputs = { readonly names: readonly string[]; readonly where: string };
