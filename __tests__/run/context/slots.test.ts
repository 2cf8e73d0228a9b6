import { describe, expect, test } from 'vitest';
import { createAbortScope, type AbortScope } from '../../../src/run/context/abort-scope.js';
import { createSlots, type Claim, type Claimed, type Slots } from '../../../src/run/context/slots.js';
import { createRandom } from '../../rig/random.js';
import { settle } from '../../rig/settle.js';

const process: Claim = { slot: true, mutex: undefined };
const processWith = (mutex: string): Claim => ({ slot: true, mutex });
const containerWith = (mutex: string): Claim => ({ slot: false, mutex });

type Stage = {
  /** Makes a claim that is known by a name from then on. */
  readonly claim: (name: string, claim: Claim, scope?: AbortScope) => void;
  readonly release: (name: string) => Promise<void>;
  /** Gives the slot of a claim back for a while. */
  readonly pause: (name: string) => void;
  /** Wants it again; a name with `+` in front is granted when it has it, one with `!` when it was stopped meanwhile. */
  readonly resume: (name: string, scope?: AbortScope) => void;
  /** Names in the order their claims were granted; `-name` for one that was withdrawn. */
  readonly granted: () => Promise<readonly string[]>;
};

const stageOf = (slots: Slots): Stage => {
  const held = new Map<string, Claimed>();
  const granted: string[] = [];
  const heldBy = (name: string): Claimed => {
    const claimed = held.get(name);
    if (claimed === undefined) throw new Error(`"${name}" holds nothing`);
    return claimed;
  };
  return {
    pause: (name) => {
      heldBy(name).pause();
    },
    resume: (name, scope = createAbortScope()) => {
      void heldBy(name)
        .resume(scope)
        .then((has) => granted.push(`${has ? '+' : '!'}${name}`));
    },
    claim: (name, claim, scope = createAbortScope()) => {
      void slots.take(claim, scope).then((claimed) => {
        granted.push(claimed === undefined ? `-${name}` : name);
        if (claimed !== undefined) held.set(name, claimed);
      });
    },
    release: async (name) => {
      await settle();
      heldBy(name).release();
      await settle();
    },
    granted: async () => {
      await settle();
      return granted;
    },
  };
};

describe('slots', () => {
  test('are given out as many as there are, the rest in the order of asking', async () => {
    const stage = stageOf(createSlots(2));
    for (const name of ['a', 'b', 'c', 'd']) stage.claim(name, process);
    expect(await stage.granted()).toEqual(['a', 'b']);
    await stage.release('b');
    await stage.release('a');
    expect(await stage.granted()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('are not needed by a container, which starts at once', async () => {
    const stage = stageOf(createSlots(1));
    stage.claim('a', process);
    stage.claim('b', process);
    stage.claim('group', { slot: false, mutex: undefined });
    expect(await stage.granted()).toEqual(['a', 'group']);
  });

  test('go to none that has stopped waiting', async () => {
    const stage = stageOf(createSlots(1));
    const scope = createAbortScope();
    stage.claim('a', process);
    stage.claim('b', process, scope);
    stage.claim('c', process);
    scope.abort({ cause: 'signal', atOnce: false });
    expect(await stage.granted()).toEqual(['a', '-b']);
    await stage.release('a');
    expect(await stage.granted()).toEqual(['a', '-b', 'c']);
  });

  test('that were granted are not taken away by a stop', async () => {
    const stage = stageOf(createSlots(1));
    const scope = createAbortScope();
    stage.claim('a', process, scope);
    await stage.granted();
    scope.abort({ cause: 'signal', atOnce: true });
    stage.claim('b', process);
    expect(await stage.granted()).toEqual(['a']);
    await stage.release('a');
    expect(await stage.granted()).toEqual(['a', 'b']);
  });

  test('are not waited for in a scope that was stopped before', async () => {
    const stage = stageOf(createSlots(1));
    const scope = createAbortScope();
    scope.abort({ cause: 'signal', atOnce: false });
    stage.claim('a', process, scope);
    stage.claim('b', process);
    expect(await stage.granted()).toEqual(['-a', 'b']);
  });
});

describe('a mutex', () => {
  test('is held by one at a time, in the order of asking', async () => {
    const stage = stageOf(createSlots(8));
    for (const name of ['a', 'b', 'c']) stage.claim(name, processWith('m'));
    expect(await stage.granted()).toEqual(['a']);
    await stage.release('a');
    await stage.release('b');
    expect(await stage.granted()).toEqual(['a', 'b', 'c']);
  });

  test('that is taken holds up no one who does not want it', async () => {
    const stage = stageOf(createSlots(2));
    stage.claim('a', processWith('m'));
    stage.claim('b', processWith('m'));
    stage.claim('c', process);
    stage.claim('d', process);
    expect(await stage.granted()).toEqual(['a', 'c']);
    await stage.release('c');
    expect(await stage.granted()).toEqual(['a', 'c', 'd']);
  });

  test('takes its turn by when it was asked for once it is free', async () => {
    const stage = stageOf(createSlots(1));
    stage.claim('a', processWith('m'));
    stage.claim('b', processWith('m'));
    stage.claim('c', process);
    await stage.release('a');
    expect(await stage.granted()).toEqual(['a', 'b']);
  });

  test('is granted to a container while all slots are taken', async () => {
    const stage = stageOf(createSlots(1));
    stage.claim('outer', containerWith('m'));
    stage.claim('a', process);
    stage.claim('b', process);
    stage.claim('group', containerWith('m'));
    await stage.release('outer');
    expect(await stage.granted()).toEqual(['outer', 'a', 'group']);
  });

  test('is not overtaken by a later claim for it that needs less', async () => {
    const stage = stageOf(createSlots(1));
    stage.claim('a', process);
    stage.claim('b', processWith('m'));
    stage.claim('group', containerWith('m'));
    expect(await stage.granted()).toEqual(['a']);
    await stage.release('a');
    expect(await stage.granted()).toEqual(['a', 'b']);
    await stage.release('b');
    expect(await stage.granted()).toEqual(['a', 'b', 'group']);
  });

  test('waited for by one that gave up goes to the next', async () => {
    const stage = stageOf(createSlots(4));
    const scope = createAbortScope();
    stage.claim('a', processWith('m'));
    stage.claim('b', processWith('m'), scope);
    stage.claim('c', processWith('m'));
    scope.abort({ cause: 'earlier-failure', atOnce: false });
    await stage.release('a');
    expect(await stage.granted()).toEqual(['a', '-b', 'c']);
  });
});

describe('a slot that is given back for a while', () => {
  test('goes to the next, and is had again in the order of asking; the mutex stays', async () => {
    const stage = stageOf(createSlots(1));
    stage.claim('a', processWith('m'));
    await stage.granted();
    stage.pause('a');
    stage.claim('b', process);
    stage.claim('c', processWith('m'));
    stage.resume('a');
    expect(await stage.granted()).toEqual(['a', 'b']);
    await stage.release('b');
    expect(await stage.granted()).toEqual(['a', 'b', '+a']);
    await stage.release('a');
    expect(await stage.granted()).toEqual(['a', 'b', '+a', 'c']);
  });

  test('is not had again where a stop comes first, and then nothing but the mutex is left to give back', async () => {
    const stage = stageOf(createSlots(1));
    const scope = createAbortScope();
    stage.claim('a', processWith('m'));
    await stage.granted();
    stage.pause('a');
    stage.claim('b', process);
    stage.resume('a', scope);
    scope.abort({ cause: 'signal', atOnce: false });
    await stage.release('a');
    stage.claim('c', processWith('m'));
    expect(await stage.granted()).toEqual(['a', 'b', '!a']);
    await stage.release('b');
    expect(await stage.granted()).toEqual(['a', 'b', '!a', 'c']);
  });
});

test.each([1, 2, 3, 4, 5])('whatever is asked for, limits hold and everyone gets a turn (seed %i)', async (seed) => {
  const random = createRandom(seed);
  const slots = createSlots(3);
  const scope = createAbortScope();
  const mutexes = [undefined, undefined, 'x', 'y'];
  const held: Claim[] = [];
  let done = 0;
  const work = async (claim: Claim): Promise<void> => {
    const claimed = await slots.take(claim, scope);
    held.push(claim);
    expect(held.filter(({ slot }) => slot).length).toBeLessThanOrEqual(3);
    for (const mutex of ['x', 'y']) expect(held.filter((each) => each.mutex === mutex).length).toBeLessThanOrEqual(1);
    for (let turns = random.below(4); turns > 0; turns -= 1) await settle();
    held.splice(held.indexOf(claim), 1);
    claimed?.release();
    done += 1;
  };
  const claims = Array.from({ length: 200 }, () => ({ slot: random.below(5) > 0, mutex: mutexes[random.below(4)] }));
  await Promise.all(claims.map(work));
  expect(done).toBe(200);
});
