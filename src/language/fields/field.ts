import type { Shape } from './shape.js';

/** A kind of mapping with fixed keys in the file. */
export type Level = 'file' | 'defaults' | 'input' | 'checkpoint' | 'step' | 'retry' | 'check';

/** A key of the pipeline file. Validation, suggestions and the published schema all use this table. */
export type Field = {
  readonly name: string;
  /** The description an editor shows. */
  readonly about: string;
  /** Undefined: planned, but not supported yet. */
  readonly shape?: Shape;
  /** The spelling GitHub uses; its value may look different. */
  readonly alias?: { readonly name: string; readonly shape: Shape };
  readonly required?: true;
  /** It needs one of these kind keys on the same step or check; undefined: it is allowed on every kind. */
  readonly on?: readonly string[];
  /** Whether it determines the kind of a step or check. */
  readonly isKind?: true;
  /** It is complete only with one of these keys. */
  readonly beside?: readonly string[];
  /** For a kind that holds steps: where another step can go in it, for messages. */
  readonly inside?: string;
  /** Whether its value is the path of another pipeline file. */
  readonly callsFile?: true;
};

/** A field that determines the kind of a step. */
export type KindField = Field & { readonly isKind: true };
