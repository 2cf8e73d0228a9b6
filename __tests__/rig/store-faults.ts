import { formatDuration } from '../../src/base/duration.js';
import { err, type Result } from '../../src/base/result.js';
import { unanswered, type StoreTrouble } from '../../src/github/store/store-trouble.js';
import type { Clock } from '../../src/run/context/ports.js';

/**
 * How calls of a memory store fail: with that error; carried out, but with an answer that is lost; interrupted, which leaves
 * the key of a save in use without an entry; or by hanging until their deadline passes on the clock.
 */
export type StoreFault = StoreTrouble | 'lost-answer' | 'interrupted' | 'hang';

/** Faults that a test forces on the methods of a memory store. */
export type StoreFaults<M extends string> = {
  /** From now on calls of this method fail so, until `heal`. */
  readonly fault: (method: M, fault: StoreFault) => void;
  readonly heal: () => void;
  /** The methods called so far, in order. */
  readonly calls: readonly M[];
  /** Settles when a call hangs; at once if one does. Then move the clock. */
  readonly untilHanging: () => Promise<void>;
};

/** A call of a method, its deadline, how it is carried out, and what is left of it if it is interrupted. */
export type FaultyCall<M extends string, T> = {
  readonly method: M;
  readonly deadlineMs: number | undefined;
  readonly act: () => Result<T, StoreTrouble>;
  readonly interrupt?: () => void;
};

/** No faults yet; `pass` carries out calls as the faults allow. */
export const newStoreFaults = <M extends string>(
  clock: Clock,
): StoreFaults<M> & { readonly pass: <T>(call: FaultyCall<M, T>) => Promise<Result<T, StoreTrouble>> } => {
  const faults = new Map<M, StoreFault>();
  const calls: M[] = [];
  let hung = (): void => undefined;
  let hanging = new Promise<void>((resolve) => (hung = resolve));

  const silence = (deadlineMs: number | undefined): Promise<Result<never, StoreTrouble>> =>
    new Promise((resolve) => {
      const end = (ms: number): void =>
        resolve(err(unanswered(`the store did not answer within ${formatDuration(ms)}`)));
      if (deadlineMs !== undefined) clock.after(deadlineMs, () => end(deadlineMs));
      hung();
    });
  return {
    fault: (method, fault) => faults.set(method, fault),
    heal: () => {
      faults.clear();
      hanging = new Promise((resolve) => (hung = resolve));
    },
    calls,
    untilHanging: () => hanging,
    pass: async ({ method, deadlineMs, act, interrupt }) => {
      calls.push(method);
      const fault = faults.get(method);
      if (fault === 'hang') return silence(deadlineMs);
      if (fault === 'interrupted') {
        interrupt?.();
        return err(unanswered('the connection to the store was lost'));
      }
      if (fault !== undefined && fault !== 'lost-answer') return err(fault);
      const result = act();
      return fault === undefined ? result : err(unanswered('the answer of the store was lost'));
    },
  };
};
