import { relative } from 'node:path';
import { err, ok, type Result } from '../../base/result.js';
import { readInputs } from '../../language/read/inputs.js';
import type { InputValues, Pipeline } from '../../language/model/pipeline.js';
import { readPipeline } from '../../language/read-pipeline.js';
import type { Diagnostic } from '../../language/model/diagnostic.js';
import { renderHeadline } from '../../language/yaml/render-diagnostic.js';
import { readFacts, type Facts, type Surroundings } from '../../machine/facts.js';
import type { JobFolder } from '../../machine/job/job-folder.js';
import { acquireLock, describeLockProblem } from '../../machine/workdir/lock.js';
import { calledFilesIn, findPipelineFile } from '../../machine/workspace/pipeline-file.js';
import { createMachineRun, type MachineRun } from '../../machine/machine-run.js';
import { openWorkDirectory, type WorkDirectory } from '../../machine/workdir/work-directory.js';
import { createWorkspaceFiles } from '../../machine/workspace/workspace-files.js';
import type { AbortScope } from '../../run/context/abort-scope.js';

import { runDeferredCleanup } from '../../run/deferred-cleanup.js';
import type { Display } from '../../run/context/ports.js';
import type { RunState } from '../../state/run-state.js';
import type { ActionInputs } from '../runner/action-inputs.js';
import { reopenJobJournal, type JournaledRun } from '../checkpoint/job-journal.js';

/** A run that main left unfinished, and its work directory. */
export type LeftRun = {
  readonly run: JournaledRun;
  /** Absolute. */
  readonly workDir: string;
  readonly folder: JobFolder;
  readonly surroundings: Surroundings;
  readonly inputs: Pick<ActionInputs, 'givenInputs' | 'matrix' | 'maxParallel'>;
  readonly display: Display;
  /** Aborted when the time is up. */
  readonly scope: AbortScope;
  /** Saves the claim in the journal so that a later start finds it; false if it may be missing. */
  readonly claim: () => Promise<boolean>;
};

/**
 * Ends a run attempt that main could not end: aborts the steps that were running and runs the fallbacks pending for
 * them, at most once. Returns the state after that. An error says why nothing could run; then nothing was claimed.
 */
export const abortInPost = async (left: LeftRun): Promise<Result<RunState>> => {
  const { run, surroundings } = left;
  const facts = readFacts(surroundings);
  const pipeline = await readAgain(run.last, facts);
  if (!pipeline.ok) return pipeline;
  const values = inputsAgain(pipeline.value, left);
  if (!values.ok) return values;
  const opened = openWorkDirectory(facts.workspace, relative(facts.workspace, left.workDir));
  if (!opened.ok) return opened;
  const lock = acquireLock(opened.value.lockFile);
  if (!lock.ok) return err(describeLockProblem(lock.error));
  const machine = createMachineRun({
    facts,
    workDir: opened.value,
    lock: lock.value,
    display: left.display,
    last: run.last,
    repeatsWarning: true,
  });
  try {
    return await abortLocked({
      ...left,
      facts,
      pipeline: pipeline.value,
      values: values.value,
      workDir: opened.value,
      machine,
    });
  } finally {
    await machine.close();
  }
};

/** Time limit for all fallbacks together. */
const LATE_LIMIT_MS = 120_000;
const DEFAULT_SLOTS = 2;

type Locked = Omit<LeftRun, 'workDir'> & {
  readonly facts: Facts;
  readonly pipeline: Pipeline;
  readonly values: InputValues;
  readonly workDir: WorkDirectory;
  readonly machine: MachineRun;
};

/** Re-reads the pipeline file this run was started from. */
const readAgain = async ({ file }: RunState, { workspace }: Facts): Promise<Result<Pipeline>> => {
  const found = findPipelineFile(workspace, file);
  if (!found.ok) return err(headlines([found.error]));
  const pipeline = await readPipeline(found.value, calledFilesIn(workspace));
  return pipeline.ok ? pipeline : err(headlines(pipeline.error));
};

/** Uses the stored inputs; only those that were not stored, because they hold a secret, come from the current inputs. */
const inputsAgain = (pipeline: Pipeline, { run, inputs }: LeftRun): Result<InputValues> => {
  const stored = run.last.inputs;
  const given = Object.entries(inputs.givenInputs).filter(([name]) => !Object.hasOwn(stored, name));
  const values = readInputs(pipeline, Object.fromEntries(given), stored);
  return values.ok ? values : err(headlines(values.error));
};

const headlines = (diagnostics: readonly Diagnostic[]): string => diagnostics.map(renderHeadline).join('; ');

const abortLocked = async (left: Locked): Promise<Result<RunState>> => {
  const { facts, workDir, folder, display, run, pipeline, values, inputs, scope, claim } = left;
  const opened = left.machine.open(() => reopenJobJournal({ folder, workDir, warn: display.warning }, run.journal));
  if (!opened.ok) return opened;
  return ok(
    await runDeferredCleanup({
      ...opened.value,
      pipeline,
      inputs: values,
      last: run.last,
      facts: { ...facts.contexts, matrix: inputs.matrix ?? {} },
      files: createWorkspaceFiles({ workspace: facts.workspace, workDirectory: workDir.folder }),
      scope,
      maxParallel: inputs.maxParallel ?? pipeline.maxParallel ?? DEFAULT_SLOTS,
      limitMs: LATE_LIMIT_MS,
      claim,
    }),
  );
};
