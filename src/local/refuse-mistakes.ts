import type { Diagnostic } from '../language/diagnostic.js';
import { renderDiagnostics } from '../language/render-diagnostic.js';
import { EXIT_WRONG_INPUT } from '../report/exit-code.js';
import { plural } from '../report/step-counts.js';
import type { PipelineFile } from '../machine/pipeline-file.js';
import { refuse } from './refuse.js';
import type { Terminal } from './terminal.js';

/** Mistakes, and the file they are in; undefined where it cannot be had, or when they are in what was given beside it. */
export type FoundMistakes = { readonly diagnostics: readonly Diagnostic[]; readonly source: PipelineFile | undefined };

/** Shows mistakes, each at its place in the file if it has one, and gives the exit code for them. */
export const refuseMistakes = ({ diagnostics, source }: FoundMistakes, terminal: Pick<Terminal, 'err'>): number => {
  if (source === undefined) {
    return refuse(diagnostics.map(({ message, code }) => `${message} [${code}]`).join('\n'), terminal);
  }
  const count = plural(diagnostics.length, 'mistake');
  terminal.err.write(`${renderDiagnostics(diagnostics, source)}\n${count}, nothing was run\n`);
  return EXIT_WRONG_INPUT;
};
