import type { Pipeline } from '../../language/model/pipeline.js';
import type { Facts } from '../../machine/facts.js';
import type { JobFolder } from '../../machine/job/job-folder.js';
import type { Lock } from '../../machine/workdir/lock.js';
import type { WorkDirectory } from '../../machine/workdir/work-directory.js';
import type { ActionDisplay } from '../log/action-display.js';
import type { ActionInputs } from '../runner/action-inputs.js';
import type { ChainLog } from '../store/chain-log.js';
import type { JobStores } from '../store/connect-stores.js';
import type { JobIdentity } from '../runner/job-identity.js';

/** The parts of a job before its workspace is opened. */
export type JobParts = {
  readonly inputs: ActionInputs;
  readonly identity: JobIdentity;
  readonly facts: Facts;
  readonly folder: JobFolder;
  readonly display: ActionDisplay;
  readonly chain: ChainLog;
  /** Undefined: checkpoints are neither saved nor used. */
  readonly stores: JobStores | undefined;
  /** Whether the runner has told the job to end. */
  readonly isStopped: () => boolean;
};

/** A job whose work directory is locked. */
export type LockedJob = JobParts & {
  readonly pipeline: Pipeline;
  readonly workDir: WorkDirectory;
  readonly lock: Lock;
};
