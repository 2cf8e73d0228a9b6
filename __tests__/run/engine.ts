import type { Pipeline } from '../../src/language/model/pipeline.js';
import { planRun, type PlanInput } from '../../src/plan/plan-run.js';
import { NO_SELECTION } from '../../src/plan/selection.js';
import { createAbortScope, type AbortScope } from '../../src/run/context/abort-scope.js';
import type { Checkpoints } from '../../src/run/context/ports.js';
import { runPlan, type RunEnding } from '../../src/run/run-plan.js';
import { foldEvents } from '../../src/state/apply-event.js';
import type { RunEvent } from '../../src/state/event.js';
import { createMemoryFiles, type MemoryFiles } from '../plan/memory-files.js';
import { settle } from '../rig/settle.js';
import { createScene, type Machine, type Scene } from './scene.js';

export type { Act } from './scene.js';

/** What a test may say of the world around a run. */
export type World = Machine & {
  /** Events of the run to go on with. */
  readonly after?: readonly RunEvent[];
  readonly inputs?: PlanInput['inputs'];
  readonly selection?: Partial<PlanInput['selection']>;
  readonly files?: MemoryFiles;
  /** What processes inherit on top of PATH. */
  readonly env?: Readonly<Record<string, string>>;
  readonly programs?: readonly string[];
  readonly maxParallel?: number;
  readonly abortion?: 'now' | 'later';
  readonly checkpoints?: Checkpoints;
  /** It is stopped before it starts. */
  readonly isAborted?: true;
};

/** A run of the real engine in a world that exists only in the test. */
export type Engine = Omit<Scene, 'ports'> & { readonly scope: AbortScope; readonly ended: Promise<RunEnding> };

/** Plans a pipeline and starts the run; goes on when all that does not wait for the test is done. */
export const startEngine = async (pipeline: Pipeline, world: World = {}): Promise<Engine> => {
  const { after, inputs = {}, files = createMemoryFiles(), programs = ['bash', 'python'] } = world;
  const facts = { github: {}, runner: {}, matrix: {} };
  const last = after === undefined ? undefined : foldEvents(after);
  const selection = { ...NO_SELECTION, ...world.selection };
  const plan = await planRun({ pipeline, inputs, last, selection, facts, files });
  if (!plan.ok) throw new Error(plan.error);
  const { ports, ...scene } = createScene(world);
  const scope = createAbortScope();
  if (world.isAborted) scope.abort({ cause: 'signal', atOnce: false });
  const ended = runPlan({
    pipeline,
    plan: plan.value,
    inputs,
    last,
    runId: last?.runId ?? 'run-1',
    commit: 'c0ffee',
    environment: {
      workspace: '/workspace',
      workDir: '/workspace/.work',
      env: { PATH: '/bin', ...world.env },
      hasProgram: (name) => programs.includes(name),
      pathDelimiter: ':',
    },
    facts,
    files,
    ports: { ...ports, ...(world.checkpoints && { checkpoints: world.checkpoints }) },
    scope,
    abortion: { when: world.abortion ?? 'now', limitMs: 30_000 },
    maxParallel: world.maxParallel ?? 2,
  });
  await settle();
  return { ...scene, scope, ended };
};

/** Runs a pipeline to its end. */
export const runEngine = async (pipeline: Pipeline, world: World = {}): Promise<Engine & RunEnding> => {
  const engine = await startEngine(pipeline, world);
  return { ...engine, ...(await engine.ended) };
};

/** Every step of the latest attempt with how it ended, as the events say: `failed: exit code 1`, `skipped: …`. */
export const endingsOf = (events: readonly RunEvent[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    events.flatMap((event) => {
      switch (event.type) {
        case 'step_succeeded':
        case 'step_restored':
          return [[event.step, event.type.slice('step_'.length)]];
        case 'step_failed':
          return [[event.step, `${event.status}: ${event.error}`]];
        case 'step_timed_out':
          return [[event.step, `timed out: ${event.error}`]];
        case 'step_aborted':
          return [[event.step, `aborted: ${event.error}`]];
        case 'step_continue_on_error':
          return [[event.step, `tolerated: ${event.error}`]];
        case 'step_skipped':
          return [[event.step, `skipped: ${event.because}`]];
        default:
          return [];
      }
    }),
  );

/** The one event of a type, for a step where one is named. */
export const eventOf = <T extends RunEvent['type']>(
  events: readonly RunEvent[],
  type: T,
  step?: string,
): Extract<RunEvent, { type: T }> => {
  const found = events.filter(
    (event): event is Extract<RunEvent, { type: T }> =>
      event.type === type && (step === undefined || ('step' in event && event.step === step)),
  );
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${found.length} events ${type} of ${step ?? 'the run'}`);
  return only;
};
