import { findStoredRuns } from './stored-runs.js';

/** Which run is asked about, and where. */
export type RecordedRun = { readonly id?: string; readonly workDir?: string };

/** The pipeline file that a stored run was started with; undefined when there is no such run. */
export const recordedPipelineFile = async (
  workspace: string,
  { id, workDir }: RecordedRun,
): Promise<string | undefined> => {
  const runs = await findStoredRuns(workspace, workDir);
  const run = runs.ok ? runs.value.find(id) : runs;
  return run.ok ? run.value.state.file : undefined;
};
