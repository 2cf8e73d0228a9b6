import type { DiagnosticCode } from './codes.js';

/** Whether a text may hold `${{ }}`; `script` text may not, and is told the `env:` form. */
export type Expressions = 'refused' | 'template' | 'condition' | 'script';

/** What a text must look like. */
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

/** What a value must look like: validation and the published schema both follow it. */
export type Shape =
  | {
      readonly is: 'text';
      readonly expressions: Expressions;
      readonly rule?: TextRule;
      readonly known?: readonly string[];
    }
  | { readonly is: 'scalar'; readonly types: readonly ScalarType[]; readonly expressions: Expressions }
  | { readonly is: 'boolean' }
  | { readonly is: 'number' }
  | { readonly is: 'count' }
  | { readonly is: 'choice'; readonly values: readonly (string | number)[] }
  | { readonly is: 'list'; readonly of: Shape; readonly least: 0 | 1; readonly orOne: boolean }
  | { readonly is: 'names'; readonly rule: TextRule; readonly of: Shape }
  | { readonly is: 'record'; readonly of: 'defaults' | 'input' | 'checkpoint'; readonly orNothing: boolean }
  | { readonly is: 'steps' };

/** One line of text without expressions. */
export const text: Shape = { is: 'text', expressions: 'refused' };

/** Text that follows a rule; no rule allows an expression. */
export const ruled = (rule: TextRule): Shape => ({ is: 'text', expressions: 'refused', rule });

/** A list with items of one shape. */
export const listOf = (of: Shape, least: 0 | 1 = 0): Shape => ({ is: 'list', of, least, orOne: false });

/** A list, or one item in its place. */
export const oneOrMore = (of: Shape, least: 0 | 1 = 0): Shape => ({ is: 'list', of, least, orOne: true });

/** A mapping from names that the user chooses. */
export const namesTo = (rule: TextRule, of: Shape): Shape => ({ is: 'names', rule, of });

/** A plain value of one of these types. */
export const scalar = (types: readonly ScalarType[], expressions: Expressions): Shape => ({
  is: 'scalar',
  types,
  expressions,
});

/** One of a few values. */
export const choice = (...values: readonly (string | number)[]): Shape => ({ is: 'choice', values });
