import { EXIT_WRONG_INPUT } from '../report/exit-code.js';
import { safeLines } from '../report/safe-text.js';
import type { Terminal } from './terminal.js';

/** Says why nothing is done, and gives the exit code for that. */
export const refuse = (message: string, { err }: Pick<Terminal, 'err'>): number => {
  err.write(`${err.paint.red('savepoint:')} ${safeLines(message).join('\n')}\n`);
  return EXIT_WRONG_INPUT;
};
