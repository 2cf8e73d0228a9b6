import { err, ok, type Result } from '../base/result.js';
import type { Diagnostic } from '../language/diagnostic.js';
import type { Pipeline } from '../language/pipeline.js';
import { readPipeline } from '../language/read-pipeline.js';
import { renderDiagnostics } from '../language/render-diagnostic.js';
import { safeText } from '../report/safe-text.js';
import { findPipelineFile } from './pipeline-file.js';

/** Mistakes in a pipeline file, for programs and for people. */
export type LoadProblem = { readonly diagnostics: readonly Diagnostic[]; readonly text: string };

/** Finds and reads the pipeline that is named, or the one there is, below `folder`. */
export const loadPipeline = async (
  folder: string,
  named: string | undefined,
): Promise<Result<Pipeline, LoadProblem>> => {
  const source = findPipelineFile(folder, named);
  if (!source.ok) {
    const { code, message } = source.error;
    return err({ diagnostics: [source.error], text: `${safeText(message)} [${code}]` });
  }
  const pipeline = await readPipeline(source.value);
  if (pipeline.ok) return ok(pipeline.value);
  return err({ diagnostics: pipeline.error, text: renderDiagnostics(pipeline.error, source.value) });
};
