import type { LogFile } from '../context/ports.js';

/** The log of a step that may be tried several times: one file for all attempts. */
export type AttemptsLog = LogFile & {
  /** Writes the line that stands before an attempt and after another, on a line of its own. */
  readonly beginAttempt: (number: number, ofAll: number) => void;
};

const LINE_END = 10;

/** Puts what belongs between attempts into a log. */
export const createAttemptsLog = (log: LogFile): AttemptsLog => {
  let lastByte = LINE_END;
  const write = (chunk: Buffer): void => {
    lastByte = chunk.at(-1) ?? lastByte;
    log.write(chunk);
  };
  const beginAttempt = (number: number, ofAll: number): void => {
    const line = `--- attempt ${String(number)} of ${String(ofAll)} ---\n`;
    write(Buffer.from(lastByte === LINE_END ? line : `\n${line}`));
  };
  return { write, beginAttempt, close: log.close };
};
