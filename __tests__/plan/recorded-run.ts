import { ok } from '../../src/base/result.js';
import type { Pipeline } from '../../src/language/model/pipeline.js';
import { planRun, type PlanInput } from '../../src/plan/plan-run.js';
import { planLines, type Plan } from '../../src/plan/plan.js';
import { NO_SELECTION } from '../../src/plan/selection.js';
import { createAbortScope } from '../../src/run/context/abort-scope.js';
import type { CommandFileTexts, Ports } from '../../src/run/context/ports.js';
import { runPlan } from '../../src/run/run-plan.js';
import { foldEvents } from '../../src/state/apply-event.js';
import type { RunEvent } from '../../src/state/event.js';
import type { RunState } from '../../src/state/run-state.js';
import { createFakeClock } from '../rig/fake-clock.js';
import { createMemoryJournal } from '../rig/memory-journal.js';
import { createRecordingDisplay } from '../rig/recording-display.js';
import { createScriptedProcesses, type Part } from '../rig/scripted-processes.js';
import { createMemoryFiles, type MemoryFiles } from './memory-files.js';

/** What the process of a step does; by default it succeeds at once and leaves nothing. */
export type Act = {
  readonly exit?: number;
  /** What it writes to its command files. */
  readonly output?: string;
  readonly env?: string;
  readonly path?: string;
  readonly stdout?: string;
  /** It cannot be spawned. */
  readonly refused?: true;
  /** It runs into its timeout. */
  readonly hangs?: true;
  /** While it runs, the run is stopped. */
  readonly aborts?: true;
};

/** Around a run: what decides how it goes. Every part has a default. */
export type Circumstances = {
  /** Events of the run to go on with. */
  readonly after?: readonly RunEvent[];
  readonly act?: (step: string, runAttempt: number) => Act;
  readonly inputs?: PlanInput['inputs'];
  readonly selection?: Partial<PlanInput['selection']>;
  readonly files?: MemoryFiles;
  readonly github?: Readonly<Record<string, string>>;
  /** What the processes inherit. */
  readonly inherited?: Readonly<Record<string, string>>;
  /** Tell the plan which secrets are inherited. */
  readonly tellSecrets?: true;
};

/** A run as it was recorded, from its first attempt on. */
export type Recorded = {
  readonly events: readonly RunEvent[];
  readonly state: RunState;
  readonly plan: Plan;
  /** Paths of the steps whose processes started in this attempt, in order. */
  readonly started: readonly string[];
  /** What each process was given, by path. */
  readonly environments: ReadonlyMap<string, Readonly<Record<string, string>>>;
};

/** Plans and runs a pipeline with the real engine; only the world around it is made up. */
export const record = async (pipeline: Pipeline, circumstances: Circumstances = {}): Promise<Recorded> => {
  const { after, act = succeed, inherited = {} } = circumstances;
  const plan = await planOf(pipeline, circumstances);
  const clock = createFakeClock();
  const scope = createAbortScope();
  const last = stateOf(after);
  const runAttempt = (last?.attempt ?? 0) + 1;
  const texts = new Map<string, CommandFileTexts>();
  const environments = new Map<string, Readonly<Record<string, string>>>();
  const part: Part = (process) => {
    const { env } = process.command;
    const path = env['SAVEPOINT_STEP'] ?? '';
    const { exit = 0, output = '', env: exported = '', path: folders = '', ...more } = act(path, runAttempt);
    if (more.refused) return { refuse: 'no such program' };
    environments.set(path, env);
    texts.set(env['GITHUB_OUTPUT'] ?? '', { output, env: exported, path: folders, summary: '' });
    if (more.stdout !== undefined) process.print(more.stdout);
    if (more.aborts) queueMicrotask(() => scope.abort({ cause: 'signal', atOnce: true }));
    else if (more.hangs) void clock.advance(3_600_000);
    else process.exit(exit);
    return undefined;
  };
  const journal = createMemoryJournal();
  const { state } = await runPlan({
    pipeline,
    plan,
    inputs: circumstances.inputs ?? {},
    last,
    runId: 'r1',
    commit: undefined,
    environment: {
      workspace: '/workspace',
      workDir: '/workspace/.work',
      env: { PATH: '/bin', ...inherited },
      hasProgram: () => true,
      pathDelimiter: ':',
    },
    facts: factsOf(circumstances),
    files: circumstances.files ?? createMemoryFiles(),
    ports: {
      clock,
      random: () => 0.5,
      journal,
      processes: createScriptedProcesses(clock, part),
      scratch: scratchOf(texts),
      logs: { open: () => ({ write: () => {}, close: () => ok(undefined) }), summary: () => ok(undefined) },
      display: createRecordingDisplay(),
    },
    scope,
    abortion: { when: 'now', limitMs: 30_000 },
    maxParallel: 2,
  });
  return {
    events: [...(after ?? []), ...journal.events],
    state,
    plan,
    started: [...environments.keys()],
    environments,
  };
};

const succeed = (): Act => ({});

/** The plan for going on after some events; refusals are thrown. */
export const planOf = async (pipeline: Pipeline, circumstances: Circumstances = {}): Promise<Plan> => {
  const plan = await tryPlan(pipeline, circumstances);
  if (!plan.ok) throw new Error(plan.error);
  return plan.value;
};

/** The plan for going on after some events, or why there is none. */
export const tryPlan = (pipeline: Pipeline, circumstances: Circumstances): ReturnType<typeof planRun> => {
  const { inherited = {} } = circumstances;
  const secrets = Object.fromEntries(pipeline.secrets.map((name) => [name, inherited[name] ?? '']));
  return planRun({
    pipeline,
    inputs: circumstances.inputs ?? {},
    last: stateOf(circumstances.after),
    selection: { ...NO_SELECTION, ...circumstances.selection },
    facts: factsOf(circumstances),
    files: circumstances.files ?? createMemoryFiles(),
    ...(circumstances.tellSecrets && { secrets }),
  });
};

/** Every step of a plan with what happens to it and why, as `keep: finished in attempt 1`; `~` stands for a refresh. */
export const reasons = (pipeline: Pipeline, plan: Plan): Readonly<Record<string, string>> =>
  Object.fromEntries(
    planLines(pipeline, plan).map(({ path, decision }) => [
      path,
      `${decision.do}${'refresh' in decision ? '~' : ''}: ${decision.because}`,
    ]),
  );

/** The reasons of the plan for going on. */
export const replan = async (
  pipeline: Pipeline,
  circumstances: Circumstances,
): Promise<Readonly<Record<string, string>>> => reasons(pipeline, await planOf(pipeline, circumstances));

/** The events up to the first that fits, without it: as if the program had been killed just before. */
export const until = (events: readonly RunEvent[], fits: (event: RunEvent) => boolean): readonly RunEvent[] => {
  const index = events.findIndex(fits);
  if (index === -1) throw new Error('no event fits');
  return events.slice(0, index);
};

const stateOf = (events: readonly RunEvent[] | undefined): RunState | undefined =>
  events === undefined ? undefined : foldEvents(events);

const factsOf = ({ github = {} }: Circumstances): PlanInput['facts'] => ({ github, runner: {}, matrix: null });

const scratchOf = (texts: ReadonlyMap<string, CommandFileTexts>): Ports['scratch'] => {
  let opened = 0;
  return {
    open: () => {
      opened += 1;
      const at = (name: string): string => `/scratch/${String(opened)}/${name}`;
      const outputFile = at('output');
      const files = { scriptFile: at('script'), outputFile, envFile: at('env'), pathFile: at('path') };
      const nothing: CommandFileTexts = { output: '', env: '', path: '', summary: '' };
      return ok({ ...files, summaryFile: at('summary'), collect: () => ok(texts.get(outputFile) ?? nothing) });
    },
  };
};
