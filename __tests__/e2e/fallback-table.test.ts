import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { until } from '../machine/until.js';
import { ENDINGS, FALLBACKS, type Ending } from '../rig/fallback-table/contract.js';
import { expectedOf } from '../rig/fallback-table/expected.js';
import { expectGathering, firedIn, type Left } from '../rig/fallback-table/gathering-outcome.js';
import { gatheringOf, scenarioOf, type Scenario } from '../rig/fallback-table/places.js';
import { newRig, type Rig } from '../rig/rig.js';
import { SAMPLED, sampleOf } from '../rig/scale.js';

/** Settles once this many processes wait to be ended. */
const untilUp = (rig: Rig, leaves: number): Promise<void> =>
  until(() => rig.has('up') && readdirSync(join(rig.workspace, 'up')).length >= leaves);

/** Runs the files of a case on a terminal; if the ending needs it, presses Ctrl-C once all processes are running. */
const play = async (files: Scenario['files'], ending: Ending, leaves: number): Promise<Left> => {
  await using rig = await newRig(files);
  const run = rig.run();
  if (ending === 'aborted by a signal') {
    await untilUp(rig, leaves);
    run.signal('SIGINT');
  }
  const exitCode = await run.exitCode;
  expect([0, 1, 130], run.stderr()).toContain(exitCode);
  return { events: rig.journal(), trail: rig.trail() };
};

// Concurrent, because the tests spend most of their time waiting.
describe.concurrent('on a terminal each fallback fires when its table says so', () => {
  const inside = sampleOf(ENDINGS, (ending) => ending === 'failed' || ending === 'aborted by a signal');

  test.each(inside)('at many places in one pipeline: %s', SAMPLED, async (ending) => {
    const gathering = gatheringOf(ending);
    expectGathering(gathering, ending, await play(gathering.files, ending, gathering.leaves));
  });

  test('at many places in one pipeline: killed, at the next start, before any step', async () => {
    const gathering = gatheringOf('aborted by a signal');
    await using rig = await newRig(gathering.files);
    const run = rig.run();
    await untilUp(rig, gathering.leaves);
    await run.killHard();
    rig.write('calm', '');
    const resumed = rig.resume();
    expect(await resumed.exitCode, resumed.stderr()).toBe(0);
    const [first, second] = [1, 2].map((attempt) => rig.journal().filter((event) => event.attempt === attempt));
    const trail = rig.trail();
    const inFirst = trail.indexOf('on_started/f', 1);
    expectGathering(gathering, 'aborted by a signal', { events: first ?? [], trail: trail.slice(0, inFirst) });
    expectGathering(gathering, 'succeeded', { events: second ?? [], trail: trail.slice(inFirst) });
  });

  test.each(inside)('in a fallback of a step that failed, with all around it: %s', SAMPLED, async (ending) => {
    const one = { place: 'step of a fallback', ending, declared: FALLBACKS, isEverywhere: true } as const;
    const scenario = scenarioOf(one);
    const { fired, run } = expectedOf(one, scenario);
    const { events, trail } = await play(scenario.files, ending, 1);
    expect(firedIn(events)).toEqual(fired);
    expect(trail).toEqual(fired.filter((list) => list !== 'host/on_failure').map((list) => `${list}/f`));
    expect(events.at(-1)?.type).toBe(run);
  });
});
