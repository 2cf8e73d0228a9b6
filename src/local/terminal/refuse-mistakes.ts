import type { Diagnostic } from '../../language/model/diagnostic.js';
import { renderDiagnostics, renderHeadline } from '../../language/yaml/render-diagnostic.js';
import { EXIT_WRONG_INPUT } from '../../report/exit-code.js';
import { plural } from '../../report/step/step-counts.js';
import { refuse } from './refuse.js';
import type { Terminal } from './terminal.js';

/** Shows mistakes, with the excerpt for those in a file, and returns the exit code for them. */
export const refuseMistakes = (diagnostics: readonly Diagnostic[], terminal: Pick<Terminal, 'err'>): number => {
  if (diagnostics.every(({ file }) => file === undefined))
    return refuse(diagnostics.map(({ message, code }) => `${message} [${code}]`).join('\n'), terminal);
  const count = plural(diagnostics.length, 'mistake');
  terminal.err.write(`${renderDiagnostics(diagnostics)}\n${count}, nothing was run\n`);
  return EXIT_WRONG_INPUT;
};

/** Shows likely mistakes, each with its excerpt. */
export const showWarnings = (
  warnings: readonly Diagnostic[],
  { err: { paint, write } }: Pick<Terminal, 'err'>,
): void => {
  for (const warning of warnings) {
    const excerpt = warning.excerpt === undefined ? '' : `${warning.excerpt}\n`;
    write(`${paint.yellow('warning:')} ${renderHeadline(warning)}\n${excerpt}`);
  }
};
