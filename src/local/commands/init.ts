import { join } from 'node:path';
import { createFile } from '../../machine/files/write-file.js';
import { workspaceOf } from '../../machine/facts.js';
import { findPipelineFile, PIPELINE_NAMES } from '../../machine/workspace/pipeline-file.js';
import { refuse } from '../terminal/refuse.js';
import { STARTER_PIPELINE } from './starter-pipeline.js';
import type { Terminal } from '../terminal/terminal.js';

/** `savepoint init`: writes a starter pipeline; never overwrites anything. */
export const initCommand = (terminal: Terminal): number => {
  const workspace = workspaceOf(terminal.surroundings);
  const present = findPipelineFile(workspace, undefined);
  if (present.ok) return refuse(`there is a pipeline already: ${present.value.file}`, terminal);
  if (present.error.code !== 'file-not-found') return refuse(present.error.message, terminal);
  const [file] = PIPELINE_NAMES;
  const written = createFile(join(workspace, file), STARTER_PIPELINE);
  if (!written.ok) return refuse(written.error, terminal);
  terminal.out.write(`${file} is written; next: savepoint run\n`);
  return 0;
};
