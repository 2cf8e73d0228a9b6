import { EXIT_WRONG_INPUT } from '../../report/exit-code.js';
import { safeLines } from '../../report/text/safe-text.js';
import type { Terminal } from './terminal.js';

/** Says why nothing is done, and returns the exit code for that. */
export const refuse = (message: string, { err }: Pick<Terminal, 'err'>): number => {
  for (const line of safeLines(message)) err.write(`${err.paint.red('savepoint:')} ${line}\n`);
  return EXIT_WRONG_INPUT;
};
