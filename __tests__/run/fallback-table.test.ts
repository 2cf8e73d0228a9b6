import { describe, expect, test } from 'vitest';
import { pathBelow } from '../../src/language/model/pipeline.js';
import { ENDINGS, FALLBACKS, PLACES, type Fallback } from '../rig/fallback-table/contract.js';
import { expectedOf } from '../rig/fallback-table/expected.js';
import { scenarioOf, withLaterStep } from '../rig/fallback-table/places.js';
import { playInEngine } from '../rig/fallback-table/play-in-engine.js';
import { SAMPLED, sampleOf } from '../rig/scale.js';

/** The one fallback that a case is in, rather than about: no step of its own, and always there. */
const AROUND = 'host/on_failure';

/** Sets of fallbacks: none, each alone, all but one, all; every one in a long run. */
const SUBSETS = sampleOf<readonly Fallback[]>(
  Array.from({ length: 2 ** FALLBACKS.length }, (_, bits) =>
    FALLBACKS.filter((_name, index) => (bits >> index) % 2 === 1),
  ),
  ({ length }) => length <= 1 || length >= FALLBACKS.length - 1,
);

const combinations = PLACES.flatMap((place) => ENDINGS.map((ending) => ({ place, ending })));

describe('each fallback fires when its table says so, whichever others are declared', () => {
  test.each(combinations)('$place: $ending', SAMPLED, async ({ place, ending }) => {
    for (const declared of SUBSETS) {
      const one = { place, ending, declared, isEverywhere: false };
      const scenario = scenarioOf(one);
      const { own, run } = expectedOf(one, scenario);
      const expected = scenario.owners.map((owner) => own.map((name) => pathBelow(owner, name)));
      const outcome = await playInEngine(scenario, { ending });
      const what = `declared: ${declared.join(' ')}`;
      expect(
        expected.map((lists) => outcome.fired.filter((list) => lists.includes(list))),
        what,
      ).toEqual(expected);
      expect(outcome.fired.filter((list) => list !== AROUND).toSorted(), what).toEqual(expected.flat().toSorted());
      expect(outcome.started.toSorted(), what).toEqual(expected.flat().toSorted());
      expect(outcome.run, what).toBe(run);
    }
  });
});

describe('with fallbacks on all levels, those inside come before those around', () => {
  test.each(combinations)('$place: $ending', SAMPLED, async ({ place, ending }) => {
    const one = { place, ending, declared: FALLBACKS, isEverywhere: true };
    const scenario = scenarioOf(one);
    const { fired, run } = expectedOf(one, scenario);
    const outcome = await playInEngine(scenario, { ending });
    expect(outcome.fired).toEqual(fired);
    expect(outcome.started).toEqual(fired.filter((list) => list !== AROUND));
    expect(outcome.run).toBe(run);
  });
});

describe('a fallback that fails has the effect that its table says', () => {
  test.each(combinations)('$place: $ending', SAMPLED, async ({ place, ending }) => {
    for (const fails of FALLBACKS) {
      const one = { place, ending, declared: FALLBACKS, isEverywhere: true };
      const scenario = scenarioOf(one);
      const { fired, run } = expectedOf(one, scenario, fails);
      const failing = [pathBelow(pathBelow(scenario.owners[0] ?? '', fails), 'f')];
      const outcome = await playInEngine(scenario, { ending, failing });
      expect(outcome.fired, fails).toEqual(fired);
      expect(outcome.run, fails).toBe(run);
    }
  });
});

describe('what is restored fires nothing, and the pipeline fires again', () => {
  const kept = PLACES.filter((place) => place !== 'pipeline' && place !== 'step of a fallback');
  test.each(
    kept.flatMap((place) => [{ place, ending: 'succeeded' } as const, { place, ending: 'tolerated' } as const]),
  )('$place: $ending', SAMPLED, async ({ place, ending }) => {
    const scenario = withLaterStep(scenarioOf({ place, ending, declared: FALLBACKS, isEverywhere: true }));
    const first = await playInEngine(scenario, { ending, failing: ['later'] });
    expect(first.run).toBe('run_failed');
    const second = await playInEngine(scenario, { ending, after: first.events });
    expect(second.fired).toEqual(['on_started', 'on_success', 'finally']);
    expect(second.run).toBe('run_succeeded');
  });
});
