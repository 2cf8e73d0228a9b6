import type { Surface } from '../../report/step/terminal-table.js';
import type { Write } from '../../machine/files/descriptor.js';

/** An output stream and how texts are formatted for it. */
export type Outlet = Surface & { readonly write: Write };

/** Combines Savepoint's lines with the raw output of steps; Savepoint's lines always start on a new line. */
export type Screen = {
  readonly surface: Surface;
  readonly line: (text: string) => void;
  /** Writes output of a step unchanged; it may end in the middle of a line. */
  readonly raw: (chunk: Uint8Array) => void;
  /** Ends an unfinished line. */
  readonly endLine: () => void;
};

const LINE_FEED = 10;

/** Creates a screen that writes to an outlet. */
export const createScreen = (outlet: Outlet): Screen => {
  let isInLine = false;
  let hadRaw = false;

  const endLine = (): void => {
    if (hadRaw) outlet.write(`${outlet.paint.reset}${isInLine ? '\n' : ''}`);
    isInLine = false;
    hadRaw = false;
  };
  const line = (text: string): void => {
    endLine();
    outlet.write(`${text}\n`);
  };
  const raw = (chunk: Uint8Array): void => {
    if (chunk.length === 0) return;
    outlet.write(chunk);
    isInLine = chunk.at(-1) !== LINE_FEED;
    hadRaw = true;
  };
  return { surface: outlet, line, raw, endLine };
};
