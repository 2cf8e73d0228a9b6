import type { Field, KindField } from '../fields/field.js';
import type { StepKind, StepOf } from '../model/pipeline.js';
import type { Fields } from '../read/field-values.js';
import type { Reading } from '../read/scope.js';
import type { StepPoint } from '../read/step-point.js';

/** Everything about one kind of step that reading and checking a pipeline file needs. */
export type KindRow<Kind extends StepKind> = {
  /** The word for such a step in messages. */
  readonly word: string;
  /** The keys that make a step this kind, one for each way to write it. */
  readonly marks: readonly KindField[];
  /** The fields of this kind that not every kind has. */
  readonly fields: readonly Field[];
  /** Whether `if` chooses between its lists and is read by `read`; otherwise it decides whether the step starts. */
  readonly choosesByIf: boolean;
  /** Reads a step of this kind, even a broken one, which will never run. */
  readonly read: (point: StepPoint, fields: Fields, reading: Reading) => StepOf<Kind>;
  /** The property that expressions read: `outputs`, or `results` with one entry per item. */
  readonly gives: 'outputs' | 'results';
  /** The declared outputs of the step or of each item; undefined: any name is possible. */
  readonly declaredOutputs: (step: StepOf<Kind>) => DeclaredOutputs | undefined;
};

/** One row for each kind of step. */
export type KindRows = { readonly [Kind in StepKind]: KindRow<Kind> };

/** A row of any kind of step. */
export type SomeKindRow = KindRows[StepKind];

/** The names of declared outputs, and where the file declares them. */
export type DeclaredOutputs = { readonly names: readonly string[]; readonly where: string };
