import { err, type Result } from '../base/result.js';
import type { Pipeline } from '../language/pipeline.js';
import { readPipeline } from '../language/read-pipeline.js';
import { findPipelineFile } from '../machine/pipeline-file.js';
import type { FoundMistakes } from './refuse-mistakes.js';

/** Finds and reads the pipeline that is named, or the one there is, below `folder`. */
export const loadPipeline = async (
  folder: string,
  named: string | undefined,
): Promise<Result<Pipeline, FoundMistakes>> => {
  const source = findPipelineFile(folder, named);
  if (!source.ok) return err({ diagnostics: [source.error], source: undefined });
  const pipeline = await readPipeline(source.value);
  return pipeline.ok ? pipeline : err({ diagnostics: pipeline.error, source: source.value });
};
