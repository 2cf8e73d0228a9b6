/** A place in a pipeline file, from 1; columns count UTF-16 units. `length` is of the marked text on that line. */
export type Position = { readonly line: number; readonly column: number; readonly length: number };

/** One mistake in the user's files: what was found, what was expected, what to do. Collected, never thrown. */
export type Diagnostic = {
  /** A stable kebab-case name, such as `unknown-key`; listed in `docs/errors.md`. */
  readonly code: string;
  readonly message: string;
  /** The pipeline file it is in, as it was named; absent where it is in none. */
  readonly file?: string;
  /** Absent where there is no place to show, such as a file that is not UTF-8 at all. */
  readonly position?: Position;
  /** For people: the line at the position, as far as it is shown, and carets under the place. Harmless on a terminal. */
  readonly excerpt?: string;
};
