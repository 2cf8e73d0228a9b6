import type { Shape } from './shape.js';

/** A mapping of fixed keys in the file. */
export type Level = 'file' | 'defaults' | 'input' | 'checkpoint' | 'step' | 'retry' | 'check';

/** A key of the pipeline file. Validation, suggestions and the published schema all read it from here. */
export type Field = {
  readonly name: string;
  /** The description an editor shows. */
  readonly about: string;
  /** Undefined: part of the design, but not supported yet. */
  readonly shape?: Shape;
  /** The spelling GitHub uses; its value may look different. */
  readonly alias?: { readonly name: string; readonly shape: Shape };
  readonly required?: true;
  /** It needs one of these kind keys on the same step or check; undefined: it fits every kind. */
  readonly on?: readonly string[];
  /** Whether it makes a step or check the kind it is. */
  readonly isKind?: true;
  /** One of these must be there too, or it is not complete. */
  readonly beside?: readonly string[];
  /** On a kind that holds steps: where in it another step can go, for messages. */
  readonly inside?: string;
  /** Whether its value is the path of another pipeline file. */
  readonly callsFile?: true;
};

/** A field that makes a step the kind it is. */
export type KindField = Field & { readonly isKind: true };
