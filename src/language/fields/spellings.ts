import type { Field } from './field.js';
import type { Shape } from './shape.js';

/** A way to write a key at a level: the field it means and the form of its value. */
export type Spelling = { readonly field: Field; readonly shape: Shape | undefined };

/** Fields by every spelling of their name. */
export type Spellings = ReadonlyMap<string, Spelling>;

/** The spellings of the fields of one level. */
export const spellingsOf = (fields: readonly Field[]): Spellings =>
  new Map(
    fields.flatMap((field): [string, Spelling][] => [
      [field.name, { field, shape: field.shape }],
      ...(field.alias === undefined
        ? []
        : [[field.alias.name, { field, shape: field.alias.shape }] as [string, Spelling]]),
    ]),
  );
