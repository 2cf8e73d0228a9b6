/** A run attempt that was interrupted, for example by a lost machine, and has been ended by a later start. */
export type InterruptedAttempt = {
  /** Paths of the steps that were running. */
  readonly steps: readonly string[];
  /** Whether fallbacks ran for it. */
  readonly hasCleanup: boolean;
};

const NAMED = 5;

/** `the last attempt was interrupted while it ran "deploy"`. */
export const interruptedText = (steps: readonly string[]): string => {
  const running = innermostText(steps);
  return `the last attempt was interrupted${running === '' ? '' : ` while it ran ${running}`}`;
};

/** The quoted paths of the innermost steps, without the containers around them; empty without steps. */
export const innermostText = (steps: readonly string[]): string => {
  const around = new Set(steps.flatMap(pathsAround));
  const inner = steps.filter((path) => !around.has(path));
  const named = inner.slice(0, NAMED).map((path) => `"${path}"`);
  const more = inner.length > NAMED ? ` and ${String(inner.length - NAMED)} more` : '';
  return `${named.join(', ')}${more}`;
};

/** `a` and `a[1]` for `a[1]/b`. */
const pathsAround = (path: string): readonly string[] =>
  [...path.matchAll(/[/[]/g)].map(({ index }) => path.slice(0, index));
