import { expect } from 'vitest';
import { pathBelow } from '../../../src/language/model/pipeline.js';
import type { RunEvent } from '../../../src/state/event.js';
import { endingAt, firedAfter, type Ending, type FallbackPlace } from './contract.js';
import type { Gathering } from './places.js';

/** The outcome of a run: its events, and the paths of the fallback steps that ran, in order. */
export type Left = { readonly events: readonly RunEvent[]; readonly trail: readonly string[] };

/**
 * Expects that at each place of a gathering the fallbacks that the contract promises fired, once and in order, in the
 * journal and on the trail, and that those of the pipeline enclose all others.
 */
export const expectGathering = (gathering: Gathering, ending: Ending, { events, trail }: Left): void => {
  const fired = firedIn(events);
  const own = ownersOf(gathering);
  const expected = own.map(([owner, place]) =>
    firedAfter(endingAt(place, ending)).map((name) => pathBelow(owner, name)),
  );
  expect(expected.map((lists) => fired.filter((list) => lists.includes(list)))).toEqual(expected);
  expect(fired.toSorted()).toEqual(expected.flat().toSorted());
  expect(trail.toSorted()).toEqual(
    expected
      .flat()
      .map((list) => `${list}/f`)
      .toSorted(),
  );
  const [ofPipeline = []] = expected;
  expect([trail[0], ...trail.slice(1 - ofPipeline.length)]).toEqual(ofPipeline.map((list) => `${list}/f`));
};

/** The paths of the lists that fired, in order. */
export const firedIn = (events: readonly RunEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'fallback_started' ? pathBelow(event.step, event.fallback) : []));

const ownersOf = ({ owners }: Gathering): readonly (readonly [owner: string, place: FallbackPlace])[] =>
  owners.flatMap(([place, paths]) => paths.map((path) => [path, place] as const));
