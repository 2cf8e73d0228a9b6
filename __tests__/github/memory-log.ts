import { PLAIN } from '../../src/report/text/paint.js';
import type { LogOutlet } from '../../src/github/log/job-log.js';

/** A job log that keeps everything written to it. */
export type MemoryLog = LogOutlet & { readonly text: () => string };

/** A log without colours. */
export const newMemoryLog = (): MemoryLog => {
  const parts: Buffer[] = [];
  return {
    paint: PLAIN,
    write: (content) => void parts.push(Buffer.from(content)),
    text: () => Buffer.concat(parts).toString(),
  };
};
