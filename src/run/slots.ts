import type { AbortScope } from './abort-scope.js';

/** What a step wants before it may start. */
export type Claim = {
  /** Containers take none: only a running process does. */
  readonly slot: boolean;
  readonly mutex: string | undefined;
};

/** Gives back what was claimed; to be called once. */
export type Release = () => void;

/**
 * The places for running processes, and the mutexes. Claims are granted in the order they were made, except that one
 * whose mutex is taken does not hold up those behind it. Undefined: the scope was stopped while the claim waited.
 */
export type Slots = { readonly take: (claim: Claim, scope: AbortScope) => Promise<Release | undefined> };

type Waiting = {
  readonly claim: Claim;
  readonly number: number;
  readonly grant: (release: Release) => void;
  isWithdrawn: boolean;
};

/** As many places as `count`. */
export const createSlots = (count: number): Slots => {
  /** By the mutex they want; a queue holds claims in the order they were made. */
  const queues = new Map<string | undefined, Waiting[]>();
  const taken = new Set<string>();
  let free = count;
  let made = 0;

  const isFree = ({ slot, mutex }: Claim): boolean => (!slot || free > 0) && (mutex === undefined || !taken.has(mutex));
  const occupy = ({ slot, mutex }: Claim): Release => {
    if (slot) free -= 1;
    if (mutex !== undefined) taken.add(mutex);
    return () => {
      if (slot) free += 1;
      if (mutex !== undefined) taken.delete(mutex);
      grantWaiting();
    };
  };
  const grantWaiting = (): void => {
    for (let next = nextGrantable(); next !== undefined; next = nextGrantable()) {
      queues.get(next.claim.mutex)?.shift();
      next.grant(occupy(next.claim));
    }
  };
  const nextGrantable = (): Waiting | undefined => {
    let next: Waiting | undefined;
    for (const [mutex, queue] of queues) {
      const head = headOf(queue);
      if (head === undefined) queues.delete(mutex);
      else if (isFree(head.claim) && (next === undefined || head.number < next.number)) next = head;
    }
    return next;
  };
  const enqueue = (waiting: Waiting): void => {
    const queue = queues.get(waiting.claim.mutex);
    if (queue === undefined) queues.set(waiting.claim.mutex, [waiting]);
    else queue.push(waiting);
  };
  const take: Slots['take'] = (claim, scope) => {
    if (!claim.slot && claim.mutex === undefined) return Promise.resolve(() => undefined);
    return new Promise((resolve) => {
      const grant = (release: Release): void => {
        stopListening();
        resolve(release);
      };
      const waiting: Waiting = { claim, number: made++, grant, isWithdrawn: false };
      const stopListening = scope.onAbort(() => {
        waiting.isWithdrawn = true;
        resolve(undefined);
      });
      enqueue(waiting);
      grantWaiting();
    });
  };

  return { take };
};

/** The first claim that still waits; what was withdrawn before it goes. */
const headOf = (queue: Waiting[]): Waiting | undefined => {
  while (queue[0]?.isWithdrawn === true) queue.shift();
  return queue[0];
};
