import { err, ok, type Result } from '../../base/result.js';
import type { Pipeline } from '../../language/model/pipeline.js';
import type { RunState } from '../../state/run-state.js';
import { findPipelineFile } from '../../machine/workspace/pipeline-file.js';
import { findStoredRuns } from './stored-runs.js';

/** The run to look up, and its work directory. */
export type RecordedRun = { readonly id?: string; readonly workDir?: string };

/** The pipeline file a stored run was started from; undefined without such a run. The error says what to do. */
export const recordedPipelineFile = async (
  workspace: string,
  { id, workDir }: RecordedRun,
): Promise<Result<string | undefined>> => {
  const runs = await findStoredRuns(workspace, workDir);
  const run = runs.ok ? runs.value.find(id) : runs;
  if (!run.ok) return ok(undefined);
  const { runId, file } = run.value.state;
  if (!isGone(workspace, file)) return ok(file);
  return err(`run ${runId} was started from ${file}, which is gone; name the file that holds its pipeline now`);
};

/** Whether a run belongs to this pipeline: to its file, or to a file that is gone and may have been renamed. */
export const isRunOf = (pipeline: Pipeline, { file }: RunState, workspace: string): boolean =>
  file === pipeline.file || isGone(workspace, file);

const isGone = (workspace: string, file: string): boolean => {
  const found = findPipelineFile(workspace, file);
  return !found.ok && found.error.code === 'file-not-found';
};
