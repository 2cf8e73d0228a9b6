import { never } from '../../base/assert.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Pipeline } from '../../language/model/pipeline.js';
import { acquireLock, describeLockProblem, type Lock } from '../../machine/workdir/lock.js';
import { endOrphans } from '../../machine/process/orphans.js';
import { findWorkDirectory, openWorkDirectory, type WorkDirectory } from '../../machine/workdir/work-directory.js';
import type { Display } from '../../run/context/ports.js';
import type { Host, OpenWork } from '../../run/host.js';
import type { CommandLine } from '../command-line/command-line.js';
import type { Facts } from '../../machine/facts.js';
import { createLocalWork } from './local-work.js';
import { isRunOf } from './recorded-pipeline.js';
import { newRunId } from '../../machine/new-id.js';
import { readStoredRuns, type CurrentRun, type StoredRun, type StoredRuns } from './stored-runs.js';

/** Which run the work directory is opened for. */
export type Goal =
  | { readonly kind: 'run'; readonly runId: string | undefined }
  | { readonly kind: 'resume'; readonly id: string | undefined };

/** How a run on this machine is opened. */
export type OpenOptions = {
  readonly goal: Goal;
  readonly facts: Facts;
  /** Overrides the pipeline's `work_dir`. */
  readonly workDir: string | undefined;
  readonly display: Display;
  readonly commandLine: CommandLine;
};

/** Opens and locks the work directory of a pipeline, and ends processes that a killed run left behind. */
export const openRun =
  (options: OpenOptions): Host['open'] =>
  async (pipeline) => {
    const workDir = openPlace(options, pipeline);
    if (!workDir.ok) return workDir;
    const lock = acquireLock(workDir.value.lockFile);
    if (!lock.ok) return err(describeLockProblem(lock.error));
    let isOpen = false;
    try {
      const opened = await openLocked({ options, pipeline, workDir: workDir.value, lock: lock.value });
      isOpen = opened.ok;
      return opened;
    } finally {
      if (!isOpen) lock.value.release();
    }
  };

/** Only a fresh run creates a work directory. */
const openPlace = (options: OpenOptions, pipeline: Pipeline): Result<WorkDirectory> => {
  const { goal, facts, workDir = pipeline.workDir } = options;
  if (goal.kind === 'run') return openWorkDirectory(facts.workspace, workDir);
  const found = findWorkDirectory(facts.workspace, workDir);
  if (!found.ok) return found;
  return found.value === undefined ? err(nothingToResume(options)) : ok(found.value);
};

const nothingToResume = ({ commandLine }: OpenOptions): string =>
  `there is nothing to resume; start with: ${commandLine('run')}`;

type Locked = {
  readonly options: OpenOptions;
  readonly pipeline: Pipeline;
  readonly workDir: WorkDirectory;
  readonly lock: Lock;
};

const openLocked = async ({ options, pipeline, workDir, lock }: Locked): Promise<Result<OpenWork>> => {
  const { facts, display, commandLine } = options;
  const runs = readStoredRuns(workDir, commandLine);
  const wanted = findWanted(runs, pipeline, options);
  if (!wanted.ok) return wanted;
  const ended = await endLeftovers(runs.current, display);
  if (!ended.ok) return ended;
  // Loaded late, because it loads the glob library.
  const { createWorkspaceFiles } = await import('../../machine/workspace/workspace-files.js');
  const { current } = runs;
  const interrupted = wanted.value.last ?? replacedRun(current, pipeline, facts);
  const work = createLocalWork({ ...options, pipeline, workDir, lock, current, interrupted, ...wanted.value });
  return ok({
    last: wanted.value.last?.state,
    files: createWorkspaceFiles({ workspace: facts.workspace, workDirectory: workDir.folder }),
    ...work,
  });
};

/** The run that a fresh one replaces, if it is of the same pipeline, which holds the fallbacks that clean up. */
const replacedRun = (current: CurrentRun, pipeline: Pipeline, { workspace }: Facts): StoredRun | undefined =>
  current.kind === 'found' && isRunOf(pipeline, current.run.state, workspace) ? current.run : undefined;

/** `last` is the run to continue; undefined for a fresh one. */
type Wanted = { readonly runId: string; readonly last: StoredRun | undefined };

const findWanted = (runs: StoredRuns, pipeline: Pipeline, options: OpenOptions): Result<Wanted> => {
  const { goal } = options;
  switch (goal.kind) {
    case 'run':
      return freshRun(runs, goal.runId, options);
    case 'resume':
      return runToResume(runs, pipeline, { ...options, id: goal.id });
    default:
      return never(goal);
  }
};

const freshRun = (runs: StoredRuns, runId: string | undefined, { commandLine }: OpenOptions): Result<Wanted> => {
  if (runId === undefined) return ok({ runId: newRunId(), last: undefined });
  if (!runs.find(runId).ok) return ok({ runId, last: undefined });
  return err(
    `there is already a run "${runId}"; resume it with ${commandLine(`resume ${runId}`)}, or choose another id`,
  );
};

type Resume = OpenOptions & { readonly id: string | undefined };

const runToResume = (runs: StoredRuns, pipeline: Pipeline, options: Resume): Result<Wanted> => {
  if (options.id === undefined && runs.current.kind === 'none') return err(nothingToResume(options));
  const found = runs.find(options.id);
  if (!found.ok) return found;
  const { state } = found.value;
  if (!isRunOf(pipeline, state, options.facts.workspace)) {
    return err(
      `run ${state.runId} was started from ${state.file}, not from ${pipeline.file}; resume it with --pipeline=${state.file}`,
    );
  }
  return ok({ runId: state.runId, last: found.value });
};

/** Ends processes that a killed run left behind, so that no step runs concurrently with them. */
const endLeftovers = async (current: CurrentRun, display: Display): Promise<Result<void>> => {
  if (current.kind !== 'found') return ok(undefined);
  const { state } = current.run;
  const interrupted = [...state.steps.values()]
    .filter(({ status }) => status === 'running')
    .map(({ path, group }) => ({ step: path, ...(group !== undefined && { group }) }));
  if (interrupted.length === 0) return ok(undefined);
  const ended = await endOrphans(interrupted, state.runId);
  if (!ended.ok) return ended;
  const processes = ended.value === 1 ? 'a process' : `${String(ended.value)} processes`;
  if (ended.value > 0) display.warning(`ended ${processes} that an interrupted run had left behind`);
  return ok(undefined);
};
