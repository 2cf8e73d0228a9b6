import type { Terminal } from '../terminal/terminal.js';
import { VERSION } from '../terminal/version.js';

/** `savepoint version`: prints the version and nothing else. */
export const versionCommand = ({ out }: Terminal): number => {
  out.write(`${VERSION}\n`);
  return 0;
};
