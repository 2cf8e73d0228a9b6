/** Messages to the user from the parts of a job, in main and in `post`. */
export type JobLogger = {
  /** A warning to act on. */
  readonly warn: (message: string) => void;
  /** Information. */
  readonly note: (message: string) => void;
  /** Has the runner hide a value. */
  readonly mask: (value: string) => void;
};
