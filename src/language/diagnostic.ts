/** A place in the pipeline file, from 1; columns count UTF-16 units. `length` is of the marked text on that line. */
export type Position = { readonly line: number; readonly column: number; readonly length: number };

/** One mistake in the user's file: what was found, what was expected, what to do. Collected, never thrown. */
export type Diagnostic = {
  /** A stable kebab-case name, such as `unknown-key`; listed in `docs/errors.md`. */
  readonly code: string;
  readonly message: string;
  /** Absent where there is no place to show, such as a file that does not exist. */
  readonly position?: Position;
};
