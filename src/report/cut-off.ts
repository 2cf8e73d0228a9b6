/** A run attempt that was cut off, such as by a lost machine, and that a later start has brought to its end. */
export type CutOff = {
  /** Paths of the steps that it ran then. */
  readonly steps: readonly string[];
  /** Whether there were fallbacks to run for it. */
  readonly hasCleanup: boolean;
};

const NAMED = 5;

/** `the last attempt was cut off while it ran "deploy"`. */
export const cutOffText = (steps: readonly string[]): string => {
  const named = steps.slice(0, NAMED).map((path) => `"${path}"`);
  const more = steps.length > NAMED ? ` and ${String(steps.length - NAMED)} more` : '';
  return `the last attempt was cut off${steps.length === 0 ? '' : ` while it ran ${named.join(', ')}${more}`}`;
};
