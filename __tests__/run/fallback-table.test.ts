import { describe, expect, test } from 'vitest';
import { ok } from '../../src/base/result.js';
import { pathBelow } from '../../src/language/pipeline.js';
import { readPipeline, type LoadFile, type PipelineSource } from '../../src/language/read-pipeline.js';
import { ENDINGS, FALLBACKS, PLACES, type Ending, type Fallback } from '../rig/fallback-table/contract.js';
import { firedIn } from '../rig/fallback-table/gathering-outcome.js';
import { expectedOf } from '../rig/fallback-table/expected.js';
import { scenarioOf, type Scenario, type TableCase } from '../rig/fallback-table/places.js';
import { settle } from '../rig/settle.js';
import { startEngine, type Act, type Engine } from './engine.js';

/** What the process of a step does, by the last part of its path; `failing` is the fallback step that fails. */
const actIn =
  (ending: Ending, failing: string | undefined) =>
  (step: string): Act => {
    if (step.endsWith('/f')) return { exit: step === failing ? 1 : 0 };
    if (step.endsWith('spoiler')) return { waits: true };
    return step === 'host' ? { exit: 1 } : LEAF_ACTS[ending];
  };

const LEAF_ACTS: Readonly<Record<Ending, Act>> = {
  succeeded: {},
  failed: { exit: 1 },
  tolerated: { exit: 1 },
  'timed out': { waits: true },
  errored: { refuse: 'there is no such shell' },
  'aborted by a signal': { waits: true },
  'ended by fail_fast': { waits: true },
  skipped: {},
};

/** Lets happen from outside what ends a case, and everything that follows from it. */
const provoke = async (ending: Ending, { scope, processes, clock, journal }: Engine): Promise<void> => {
  if (ending === 'aborted by a signal') scope.abort({ cause: 'signal', atOnce: false });
  if (ending === 'timed out') await clock.advance(1000);
  if (ending === 'ended by fail_fast') {
    processes.running.find(({ command }) => command.env['SAVEPOINT_STEP']?.endsWith('spoiler'))?.exit(1);
  }
  for (let turn = 0; turn < 100 && !END.test(journal.events.at(-1)?.type ?? ''); turn += 1) await settle();
};

const END = /^run_(succeeded|failed|aborted)$/;

/** What came of a case: the lists that fired in order, how often their step ran, the event that ended the run. */
type Outcome = { readonly fired: readonly string[]; readonly started: readonly string[]; readonly run: string };

const play = async (one: TableCase, { files, owners }: Scenario, fails?: Fallback): Promise<Outcome> => {
  const sourceOf = (file: string): PipelineSource => ({ file, bytes: Buffer.from(files[file] ?? '') });
  const load: LoadFile = (file) => Promise.resolve(ok(sourceOf(file)));
  const pipeline = await readPipeline(sourceOf('savepoint.yml'), load);
  if (!pipeline.ok) throw new Error(JSON.stringify(pipeline.error));
  const failing = fails === undefined ? undefined : pathBelow(pathBelow(owners[0] ?? '', fails), 'f');
  const engine = await startEngine(pipeline.value, { act: actIn(one.ending, failing), maxParallel: 8 });
  await provoke(one.ending, engine);
  const { events } = engine.journal;
  return {
    fired: firedIn(events),
    started: engine.started.flatMap((step) => (step.endsWith('/f') ? step.slice(0, -'/f'.length) : [])),
    run: events.at(-1)?.type ?? '',
  };
};

/** The one fallback that a case is in, rather than about: no step of its own, and always there. */
const AROUND = 'host/on_failure';

/** Every set of fallbacks: none, each alone, some, all. */
const SUBSETS: readonly (readonly Fallback[])[] = Array.from({ length: 2 ** FALLBACKS.length }, (_, bits) =>
  FALLBACKS.filter((_name, index) => (bits >> index) % 2 === 1),
);

const combinations = PLACES.flatMap((place) => ENDINGS.map((ending) => ({ place, ending })));

describe('each fallback fires when its table says so, whichever others are declared', () => {
  test.each(combinations)('$place: $ending', async ({ place, ending }) => {
    for (const declared of SUBSETS) {
      const one = { place, ending, declared, isEverywhere: false };
      const scenario = scenarioOf(one);
      const { own, run } = expectedOf(one, scenario);
      const outcome = await play(one, scenario);
      const expected = scenario.owners.map((owner) => own.map((name) => pathBelow(owner, name)));
      const byOwner = expected.map((lists) => outcome.fired.filter((list) => lists.includes(list)));
      const what = `declared: ${declared.join(' ')}`;
      expect(byOwner, what).toEqual(expected);
      expect(outcome.fired.filter((list) => list !== AROUND).toSorted(), what).toEqual(expected.flat().toSorted());
      expect(outcome.started.toSorted(), what).toEqual(expected.flat().toSorted());
      expect(outcome.run, what).toBe(run);
    }
  });
});

test.each(combinations)(
  'with fallbacks on all levels, those inside come before those around: $place: $ending',
  async ({ place, ending }) => {
    const one = { place, ending, declared: FALLBACKS, isEverywhere: true };
    const scenario = scenarioOf(one);
    const { fired, run } = expectedOf(one, scenario);
    const outcome = await play(one, scenario);
    expect(outcome.fired).toEqual(fired);
    expect(outcome.started).toEqual(fired.filter((list) => list !== AROUND));
    expect(outcome.run).toBe(run);
  },
);

describe('a fallback that fails', () => {
  test.each(combinations)('$place: $ending', async ({ place, ending }) => {
    for (const fails of FALLBACKS) {
      const one = { place, ending, declared: FALLBACKS, isEverywhere: true };
      const scenario = scenarioOf(one);
      const { fired, run } = expectedOf(one, scenario, fails);
      const outcome = await play(one, scenario, fails);
      expect(outcome.fired, fails).toEqual(fired);
      expect(outcome.run, fails).toBe(run);
    }
  });
});
