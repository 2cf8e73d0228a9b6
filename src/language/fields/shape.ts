import type { DiagnosticCode } from '../model/codes.js';

/** Whether a text may hold `${{ }}`; `script` text may not, and its message suggests the `env:` form. */
export type Expressions = 'refused' | 'template' | 'condition' | 'script';

/** The format of a text. */
export type TextRule = {
  readonly pattern: RegExp;
  /** In characters. */
  readonly longest?: number;
  readonly code: DiagnosticCode;
  /** Completes "must be …". */
  readonly wanted: string;
};

/** The types a plain value may have. */
export type ScalarType = 'text' | 'number' | 'boolean' | 'nothing';

/** The mappings with fixed keys that a field can hold. */
export type RecordLevel = 'defaults' | 'input' | 'checkpoint' | 'retry' | 'check';

/** The form of a value; validation and the published schema both follow it. */
export type Shape =
  | {
      readonly is: 'text';
      readonly expressions: Expressions;
      readonly rule?: TextRule;
      readonly known?: readonly string[];
    }
  | { readonly is: 'scalar'; readonly types: readonly ScalarType[]; readonly expressions: Expressions }
  | { readonly is: 'boolean' }
  | ({ readonly is: 'number' } & Bounds)
  | { readonly is: 'choice'; readonly values: readonly (string | number)[] }
  | { readonly is: 'list'; readonly of: Shape; readonly least: 0 | 1; readonly orOne: boolean }
  | { readonly is: 'names'; readonly rule?: TextRule; readonly of: Shape; readonly least: 0 | 1 }
  | { readonly is: 'record'; readonly of: RecordLevel; readonly orNothing: boolean }
  /** Any YAML value of any depth. */
  | { readonly is: 'any'; readonly expressions: 'refused' | 'template' }
  /** A plain value of one shape, or a list or mapping of another; `wanted` completes "must be …". */
  | { readonly is: 'either'; readonly plain: Shape; readonly other: Shape; readonly wanted: string }
  | { readonly is: 'steps' };

/** Bounds of a number, which must also be finite. */
export type Bounds = { readonly whole?: true; readonly least?: number; readonly most?: number };

/** One line of text without expressions. */
export const text: Shape = { is: 'text', expressions: 'refused' };

/** A whole number, at least 1. */
export const count: Shape = { is: 'number', whole: true, least: 1 };

/** One expression, with or without `${{ }}`. */
export const condition: Shape = { is: 'scalar', types: ['text', 'number', 'boolean'], expressions: 'condition' };

/** Text that follows a rule; expressions are not allowed. */
export const ruled = (rule: TextRule): Shape => ({ is: 'text', expressions: 'refused', rule });

/** A list with items of one shape. */
export const listOf = (of: Shape, least: 0 | 1 = 0): Shape => ({ is: 'list', of, least, orOne: false });

/** A list, or a single item instead of it. */
export const oneOrMore = (of: Shape, least: 0 | 1 = 0): Shape => ({ is: 'list', of, least, orOne: true });

/** A mapping with names that the user chooses. */
export const namesTo = (rule: TextRule, of: Shape): Shape => ({ is: 'names', rule, of, least: 0 });

/** A mapping with fixed keys. */
export const recordOf = (of: RecordLevel): Shape => ({ is: 'record', of, orNothing: false });

/** A plain value of one of these types. */
export const scalar = (types: readonly ScalarType[], expressions: Expressions): Shape => ({
  is: 'scalar',
  types,
  expressions,
});

/** One of a few values. */
export const choice = (...values: readonly (string | number)[]): Shape => ({ is: 'choice', values });
