/** How parts of a job tell the user something, in main as in `post`. */
export type JobLogger = {
  /** Something to act on. */
  readonly warn: (message: string) => void;
  /** Something to know. */
  readonly note: (message: string) => void;
  /** A value that the runner has to hide. */
  readonly mask: (value: string) => void;
};
