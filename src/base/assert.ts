/** Marks a branch that the types make unreachable; reaching it is a bug in Savepoint. */
export const never = (value: never): never => {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
};

/** Throws when an invariant does not hold: a bug in Savepoint, never bad input. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${message}`);
}
