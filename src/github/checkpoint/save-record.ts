import { filesBelow, gatherRecord } from '../../machine/job/record-folder.js';
import type { JobFolder } from '../../machine/job/job-folder.js';
import type { ActionInputs } from '../runner/action-inputs.js';
import type { ChainLog } from '../store/chain-log.js';
import type { JobStores } from '../store/connect-stores.js';
import { artifactPrefix } from './find-artifact-state.js';
import type { JobIdentity } from '../runner/job-identity.js';
import type { JobLogger } from '../log/job-logger.js';
import type { PostState } from '../runner/post-state.js';

/** What a record is uploaded with. */
export type RecordOptions = Pick<JobStores, 'store' | 'guard'> & {
  readonly main: PostState;
  readonly runId: string;
  readonly inputs: Pick<ActionInputs, 'retentionDays'>;
  readonly chain: ChainLog;
  readonly folder: JobFolder;
  readonly logger: JobLogger;
};

/** Uploads state, journal and logs as an artifact: for people, and for a re-run that finds no checkpoint. */
export const saveRecord = async (options: RecordOptions): Promise<void> => {
  const { store, guard, main, runId, inputs, chain, folder, logger } = options;
  const gathered = gatherRecord(folder, main.workDir, runId);
  if (!gathered.ok) {
    logger.warn(`the record of this run is not uploaded: ${gathered.error}`);
    return;
  }
  const root = gathered.value;
  const files = filesBelow(root);
  const name = artifactName(main.identity, chain.state().sequence);
  const { retentionDays } = inputs;
  const given = {
    name,
    files: files.map(({ path }) => path),
    root,
    ...(retentionDays !== undefined && { retentionDays }),
  };
  const uploaded = await guard.ask({
    without: 'the record of this run is not uploaded',
    bytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    isFinal: true,
    send: (deadlineMs) => store.ask({ call: 'uploadArtifact', given, deadlineMs }),
  });
  if (uploaded.ok) logger.note(`the record of this run (state, journal, logs) is in the artifact ${name}`);
};

/** Told apart by the name alone: attempt and sequence have a fixed number of digits, so that names sort by age. */
const artifactName = (identity: JobIdentity, sequence: number): string => {
  const attempt = String(identity.attempt).padStart(3, '0');
  return `${artifactPrefix(identity)}${attempt}-${String(sequence).padStart(6, '0')}-${identity.nonce}`;
};
