import { join } from 'node:path';
import { err, ok, type Result } from '../../base/result.js';
import { acquireLock, describeLockProblem } from '../../machine/workdir/lock.js';
import { processPaths, type Choices } from '../../plan/plan.js';
import { openWorkDirectory } from '../../machine/workdir/work-directory.js';
import type { Host, OpenWork } from '../../run/host.js';
import type { RunState } from '../../state/run-state.js';
import { clearWorkDirectory } from './clear-work-directory.js';
import { readBaseline, scopeOf, type Baseline } from './job-baseline.js';
import { createJobWork, type JobWork, type JobWorkOptions } from './job-work.js';
import type { JobParts, LockedJob } from './locked-job.js';
import { resumeJob, type ResumeOutcome } from '../checkpoint/resume-job.js';

/** The options for opening a job. */
export type JobOptions = JobParts & {
  /** Called with the work and its folder once it is created. */
  readonly onWork: (work: JobWork, workDir: string) => void;
};

/** Locks the workspace of a job and restores it from an earlier attempt of the job, if there is one. */
export const openJob =
  (options: JobOptions): Host['open'] =>
  async (pipeline) => {
    const { facts, inputs } = options;
    const workDir = openWorkDirectory(facts.workspace, inputs.workDir ?? pipeline.workDir);
    if (!workDir.ok) return workDir;
    const lock = acquireLock(workDir.value.lockFile);
    if (!lock.ok) return err(describeLockProblem(lock.error));
    let isOpen = false;
    try {
      const opened = await openLocked(
        { ...options, pipeline, workDir: workDir.value, lock: lock.value },
        options.onWork,
      );
      isOpen = opened.ok;
      return opened;
    } finally {
      if (!isOpen) lock.value.release();
    }
  };

const openLocked = async (job: LockedJob, onWork: JobOptions['onWork']): Promise<Result<OpenWork>> => {
  const { facts, workDir, display } = job;
  const cleared = clearWorkDirectory(workDir, display.note);
  if (!cleared.ok) return cleared;
  const baseline = await readBaseline(job);
  const beginning = await resume(job, baseline);
  if (!beginning.ok) return beginning;
  const { resumed } = beginning.value;
  const { createWorkspaceFiles } = await import('../../machine/workspace/workspace-files.js');
  const work = createJobWork({ ...job, baseline, ...beginning.value });
  onWork(work, workDir.folder);
  return ok({
    last: resumed?.last,
    files: createWorkspaceFiles({ workspace: facts.workspace, workDirectory: workDir.folder }),
    ...(work.interrupted !== undefined && { interrupted: work.interrupted }),
    begin: work.begin,
    close: work.close,
  });
};

type Beginning = Pick<JobWorkOptions, 'resumed' | 'isAfterUnused'>;

const FRESH: Beginning = { resumed: undefined, isAfterUnused: false };

const resume = async (job: LockedJob, { origin, commit }: Baseline): Promise<Result<Beginning>> => {
  const { inputs, identity, display, folder, stores, workDir, pipeline, facts } = job;
  if (inputs.resume === 'never' || identity.attempt === 1) return ok(FRESH);
  if (stores === undefined) return inputs.resume === 'require' ? startFresh(NO_STORES, job) : ok(FRESH);
  const outcome = await resumeJob({
    ...stores,
    identity,
    commit,
    origin,
    storeFolder: folder.storeFolder,
    temp: folder.folder,
    staging: join(workDir.folder, `restore-${identity.nonce}`),
    scope: scopeOf(pipeline, workDir, facts.workspace),
    stepPaths: (run) => processPaths(pipeline.steps, '', choicesOf(run)),
    isRequired: inputs.resume === 'require',
    warn: display.warning,
    note: display.note,
  });
  switch (outcome.kind) {
    case 'resumed':
      return ok({ resumed: outcome.run, isAfterUnused: false });
    case 'broken':
      return err(`${outcome.message}; the workspace is not what any step expects`);
    case 'fresh':
      return startFresh(outcome, job);
  }
};

const choicesOf = ({ steps }: RunState): Choices =>
  new Map([...steps.values()].flatMap(({ path, choice }) => (choice === undefined ? [] : [[path, choice]])));

type FreshStart = Extract<ResumeOutcome, { kind: 'fresh' }>;

const NO_STORES: FreshStart = {
  kind: 'fresh',
  because: 'there are no checkpoints to resume from',
  isUnused: false,
};

const startFresh = ({ because, isUnused }: FreshStart, { inputs, display }: LockedJob): Result<Beginning> => {
  if (because === undefined) return ok(FRESH);
  if (inputs.resume === 'require') return err(`${because}, and "resume: require" asks not to start fresh`);
  display.note(`${because}; this attempt starts fresh`);
  return ok({ resumed: undefined, isAfterUnused: isUnused });
};
