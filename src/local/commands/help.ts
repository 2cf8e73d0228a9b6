import type { CommandName } from '../command-line/command-table.js';
import { helpText } from '../command-line/help-text.js';
import type { Terminal } from '../terminal/terminal.js';

/** `savepoint help`: explains a command, or lists them all. */
export const helpCommand = (topic: CommandName | undefined, { out }: Terminal): number => {
  out.write(helpText(topic));
  return 0;
};
