import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeJournal } from '../../src/state/journal-format.js';
import { until } from '../machine/until.js';
import { ENDINGS } from '../rig/fallback-table/contract.js';
import { expectGathering, type Left } from '../rig/fallback-table/gathering-outcome.js';
import { gatheringOf, type Gathering } from '../rig/fallback-table/places.js';
import { openScene } from './action/scenes.js';
import { SAMPLED, sampleOf } from '../rig/scale.js';

const CUT = 'aborted by a signal';

/** A sample of the endings without a signal. A long run tests the others; the engine's tests cover all of them. */
const PLAYED = sampleOf(
  ENDINGS.filter((ending) => ending !== CUT),
  (ending) => ending === 'failed',
);

/** Whether this many processes wait to be ended. */
const areUp = (workspace: string, leaves: number): boolean =>
  existsSync(join(workspace, 'up')) && readdirSync(join(workspace, 'up')).length >= leaves;

const leftIn = (workspace: string): Left => {
  const journal = decodeJournal(readFileSync(join(workspace, '.work/journal.jsonl')));
  if (!journal.ok) throw new Error(JSON.stringify(journal.error));
  return {
    events: journal.value.events,
    trail: readFileSync(join(workspace, 'trail.txt'), 'utf8').split('\n').slice(0, -1),
  };
};

/** A whole job; with `stop` it is stopped in that way once all processes are running. */
const playJob = async ({ files, leaves }: Gathering, stop?: 'cancel' | 'killHard'): Promise<Left> => {
  const { 'savepoint.yml': main = '', ...others } = files;
  await using scene = await openScene(main, { files: others });
  const job = scene.nextJob();
  const step = job.runStep();
  if (stop !== undefined) {
    await until(() => areUp(job.workspace, leaves));
    await step[stop]();
  }
  await step.ended;
  const end = await job.finish();
  expect(end.swept).toEqual([]);
  return leftIn(job.workspace);
};

// Concurrent, because the tests spend most of their time waiting.
describe.concurrent('in a job each fallback fires when its table says so', () => {
  test.each(PLAYED)('at many places in one pipeline: %s', SAMPLED, async (ending) => {
    const gathering = gatheringOf(ending);
    expectGathering(gathering, ending, await playJob(gathering));
  });

  const stops = sampleOf(['cancel', 'killHard'] as const, (stop) => stop === 'cancel');

  test.each(stops)('at many places in one pipeline, in post: %s', SAMPLED, async (stop) => {
    const gathering = gatheringOf(CUT);
    expectGathering(gathering, CUT, await playJob(gathering, stop));
  });
});
