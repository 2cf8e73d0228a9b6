import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFacts } from '../facts.js';
import { PIPELINE_PLACES } from '../pipeline-file.js';
import { refuse } from '../refuse.js';
import { STARTER_PIPELINE } from '../starter-pipeline.js';
import type { Terminal } from '../terminal.js';
import { tryIo } from '../../machine/io-result.js';

/** `savepoint init`: writes a pipeline to begin with; never overwrites anything. */
export const initCommand = (terminal: Terminal): number => {
  const { workspace } = readFacts(terminal.surroundings);
  const present = PIPELINE_PLACES.find((file) => existsSync(join(workspace, file)));
  if (present !== undefined) return refuse(`there is a pipeline already: ${present}`, terminal);
  const [file] = PIPELINE_PLACES;
  const written = tryIo(`cannot write ${file}`, () => {
    writeFileSync(join(workspace, file), STARTER_PIPELINE, { flag: 'wx' });
  });
  if (!written.ok) return refuse(written.error, terminal);
  terminal.out.write(`${file} is written; next: savepoint run\n`);
  return 0;
};
