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
 * whose mutex is taken does not hold up those behind it.
 */
export type Slots = { readonly take: (claim: Claim) => Promise<Release> };

/** As many places as `count`. */
export const createSlots = (count: number): Slots => {
  const waiting: { readonly claim: Claim; readonly grant: (release: Release) => void }[] = [];
  const taken = new Set<string>();
  let free = count;

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
    for (let index = 0; index < waiting.length;) {
      const next = waiting[index];
      if (next !== undefined && isFree(next.claim)) {
        waiting.splice(index, 1);
        next.grant(occupy(next.claim));
      } else if (free === 0 && next?.claim.slot === true) {
        return;
      } else {
        index += 1;
      }
    }
  };

  return {
    take: (claim) =>
      isFree(claim)
        ? Promise.resolve(occupy(claim))
        : new Promise((grant) => {
            waiting.push({ claim, grant });
          }),
  };
};
