import type { Shape } from './shape.js';

/** The keys that make a step what it is. Some stand together: `for_each` with `run`. */
export type KindKey =
  'run' | 'commands' | 'steps' | 'parallel' | 'then' | 'switch' | 'while' | 'do_while' | 'for_each' | 'pipeline';

/** A mapping of fixed keys in the file. */
export type Level = 'file' | 'defaults' | 'input' | 'checkpoint' | 'step' | 'retry' | 'check';

/** A key of the pipeline file: the one place that validation, suggestions and the published schema read. */
export type Field = {
  readonly name: string;
  /** For people, in an editor. */
  readonly about: string;
  /** Undefined: part of the design, but not supported yet. */
  readonly shape?: Shape;
  /** The spelling GitHub uses; its value may look different. */
  readonly alias?: { readonly name: string; readonly shape: Shape };
  readonly required?: true;
  /** It acts only beside one of these kind keys; undefined: on every kind. */
  readonly on?: readonly string[];
  /** Whether it makes a step or check the kind it is. */
  readonly isKind?: true;
  /** One of these must stand beside it, or it is not complete. */
  readonly beside?: readonly string[];
};
