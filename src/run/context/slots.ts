import type { AbortScope } from './abort-scope.js';

/** The resources a step needs before it may start. */
export type Claim = {
  /** False for containers: only a running process takes a slot. */
  readonly slot: boolean;
  readonly mutex: string | undefined;
};

/** Granted resources. A step gives its slot back while it waits for anything but its own process. */
export type Claimed = {
  /** Gives back the slot and the mutex; call it once. */
  readonly release: () => void;
  /** Gives back the slot, but not the mutex. */
  readonly pause: () => void;
  /** Takes a slot again; false if the scope was stopped during the wait. */
  readonly resume: (scope: AbortScope) => Promise<boolean>;
};

/**
 * The slots for running processes, and the mutexes. Claims are granted in the order they were made, but a claim whose
 * mutex is taken does not block later claims. Undefined: the scope was stopped while the claim waited.
 */
export type Slots = { readonly take: (claim: Claim, scope: AbortScope) => Promise<Claimed | undefined> };

/** The result of an empty claim. */
export const NOTHING_CLAIMED: Claimed = {
  release: () => undefined,
  pause: () => undefined,
  resume: () => Promise.resolve(true),
};

type Waiting = {
  readonly claim: Claim;
  readonly number: number;
  readonly grant: (claimed: Claimed) => void;
  isWithdrawn: boolean;
};

/** Creates `count` slots. */
export const createSlots = (count: number): Slots => new SlotTable(count);

class SlotTable implements Slots {
  /** Queues by mutex; each holds its claims in the order they were made. */
  readonly #queues = new Map<string | undefined, Waiting[]>();
  readonly #taken = new Set<string>();
  #free: number;
  #made = 0;

  constructor(count: number) {
    this.#free = count;
  }

  take(claim: Claim, scope: AbortScope): Promise<Claimed | undefined> {
    if (!claim.slot && claim.mutex === undefined) return Promise.resolve(NOTHING_CLAIMED);
    return new Promise((resolve) => {
      const grant = (claimed: Claimed): void => {
        stopListening();
        resolve(claimed);
      };
      const waiting: Waiting = { claim, number: this.#made++, grant, isWithdrawn: false };
      const stopListening = scope.onAbort(() => {
        waiting.isWithdrawn = true;
        resolve(undefined);
      });
      this.#enqueue(waiting);
      this.#grantWaiting();
    });
  }

  #enqueue(waiting: Waiting): void {
    const queue = this.#queues.get(waiting.claim.mutex);
    if (queue === undefined) this.#queues.set(waiting.claim.mutex, [waiting]);
    else queue.push(waiting);
  }

  #grantWaiting(): void {
    for (let next = this.#nextGrantable(); next !== undefined; next = this.#nextGrantable()) {
      this.#queues.get(next.claim.mutex)?.shift();
      next.grant(this.#occupy(next.claim));
    }
  }

  #nextGrantable(): Waiting | undefined {
    let next: Waiting | undefined;
    for (const [mutex, queue] of this.#queues) {
      const head = headOf(queue);
      if (head === undefined) this.#queues.delete(mutex);
      else if (this.#isFree(head.claim) && (next === undefined || head.number < next.number)) next = head;
    }
    return next;
  }

  #isFree({ slot, mutex }: Claim): boolean {
    return (!slot || this.#free > 0) && (mutex === undefined || !this.#taken.has(mutex));
  }

  #occupy({ slot, mutex }: Claim): Claimed {
    let hasSlot = slot;
    if (slot) this.#free -= 1;
    if (mutex !== undefined) this.#taken.add(mutex);
    const pause = (): void => {
      if (!hasSlot) return;
      hasSlot = false;
      this.#free += 1;
      this.#grantWaiting();
    };
    return {
      pause,
      release: () => {
        if (mutex !== undefined) this.#taken.delete(mutex);
        if (hasSlot) pause();
        else this.#grantWaiting();
      },
      resume: async (scope) => {
        if (hasSlot || !slot) return scope.cause() === undefined;
        hasSlot = (await this.take({ slot, mutex: undefined }, scope)) !== undefined;
        return hasSlot;
      },
    };
  }
}

/** The first waiting claim; removes withdrawn claims ahead of it. */
const headOf = (queue: Waiting[]): Waiting | undefined => {
  while (queue[0]?.isWithdrawn === true) queue.shift();
  return queue[0];
};
