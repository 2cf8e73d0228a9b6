import { err, type Result } from '../../base/result.js';
import type { Diagnostic } from '../../language/model/diagnostic.js';
import type { Pipeline } from '../../language/model/pipeline.js';
import { readPipeline } from '../../language/read-pipeline.js';
import { calledFilesIn, findPipelineFile } from '../../machine/workspace/pipeline-file.js';

/** Finds and reads the named or the default pipeline below `folder`, with all pipelines it calls. */
export const loadPipeline = async (
  folder: string,
  named: string | undefined,
): Promise<Result<Pipeline, readonly Diagnostic[]>> => {
  const source = findPipelineFile(folder, named);
  return source.ok ? readPipeline(source.value, calledFilesIn(folder)) : err([source.error]);
};
