import type { Terminal } from '../terminal.js';
import { VERSION } from '../version.js';

/** `savepoint version`: prints the version and nothing else. */
export const versionCommand = ({ out }: Terminal): number => {
  out.write(`${VERSION}\n`);
  return 0;
};
