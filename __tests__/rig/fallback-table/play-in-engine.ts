import { ok } from '../../../src/base/result.js';
import { readPipeline, type LoadFile, type PipelineSource } from '../../../src/language/read-pipeline.js';
import type { RunEvent } from '../../../src/state/event.js';
import { startEngine, type Act, type Engine } from '../../run/engine.js';
import { settle } from '../settle.js';
import type { Ending } from './contract.js';
import { firedIn } from './gathering-outcome.js';
import type { Scenario } from './places.js';

/** The behaviour of the processes of a scenario. */
export type Play = {
  /** How the work ends. */
  readonly ending: Ending;
  /** Paths of other steps that fail. */
  readonly failing?: readonly string[];
  /** Events of the run to resume. */
  readonly after?: readonly RunEvent[];
};

/** The outcome: the events, the lists that fired in order, those that ran a step, and the event that ended the run. */
export type Outcome = {
  readonly events: readonly RunEvent[];
  readonly fired: readonly string[];
  readonly started: readonly string[];
  readonly run: string;
};

/** Reads the files of a scenario and runs them in the real engine with processes that exist only in the test. */
export const playInEngine = async ({ files }: Pick<Scenario, 'files'>, play: Play): Promise<Outcome> => {
  const sourceOf = (file: string): PipelineSource => ({ file, bytes: Buffer.from(files[file] ?? '') });
  const load: LoadFile = (file) => Promise.resolve(ok(sourceOf(file)));
  const pipeline = await readPipeline(sourceOf('savepoint.yml'), load);
  if (!pipeline.ok) throw new Error(JSON.stringify(pipeline.error));
  const { after } = play;
  const world = { act: (step: string) => actOf(step, play), maxParallel: 8, ...(after !== undefined && { after }) };
  const engine = await startEngine(pipeline.value, world);
  await provoke(play.ending, engine);
  const { events } = engine.journal;
  return {
    events,
    fired: firedIn(events),
    started: engine.started.flatMap((step) =>
      step.endsWith(FALLBACK_STEP) ? step.slice(0, -FALLBACK_STEP.length) : [],
    ),
    run: events.at(-1)?.type ?? '',
  };
};

const FALLBACK_STEP = '/f';

const actOf = (step: string, { ending, failing = [] }: Play): Act => {
  if (failing.includes(step) || step === 'host') return { exit: 1 };
  if (step.endsWith(FALLBACK_STEP) || step === 'later') return {};
  return step.endsWith('spoiler') ? { waits: true } : LEAF_ACTS[ending];
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

/** Causes from outside the event that ends a case, and lets everything run that follows from it. */
const provoke = async (ending: Ending, { scope, processes, clock, journal }: Engine): Promise<void> => {
  if (ending === 'aborted by a signal') scope.abort({ cause: 'signal', atOnce: false });
  if (ending === 'timed out') await clock.advance(1000);
  if (ending === 'ended by fail_fast') {
    processes.running.find(({ command }) => command.env['SAVEPOINT_STEP']?.endsWith('spoiler'))?.exit(1);
  }
  for (let turn = 0; turn < MANY && !END.test(journal.events.at(-1)?.type ?? ''); turn += 1) await settle();
};

const MANY = 100;
const END = /^run_(succeeded|failed|aborted)$/;
