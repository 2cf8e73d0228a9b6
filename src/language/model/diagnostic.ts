/** A position in a pipeline file, from 1; columns count UTF-16 units. `length` is that of the marked text on its line. */
export type Position = { readonly line: number; readonly column: number; readonly length: number };

/** One mistake in the user's files: what was found, what was expected, what to do. Collected, never thrown. */
export type Diagnostic = {
  /** A stable kebab-case name, such as `unknown-key`; listed in `docs/errors.md`. */
  readonly code: string;
  readonly message: string;
  /** The pipeline file it is in, as the user named it; absent if it is in no file. */
  readonly file?: string;
  /** Absent if there is no position to show, for example in a file that is UTF-16. */
  readonly position?: Position;
  /** The line at the position, shortened, with carets under the marked text; safe to print on a terminal. */
  readonly excerpt?: string;
};
