/** Colours for texts that go to a terminal. Each function keeps the text and only adds codes around it. */
export type Paint = {
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  /** Resets any colour that a step's output left on. */
  readonly reset: string;
};

const same = (text: string): string => text;

/** No colours: files, pipes, `NO_COLOR`, `--no-color`. */
export const PLAIN: Paint = { red: same, green: same, yellow: same, cyan: same, bold: same, dim: same, reset: '' };

/** The eight colours every terminal knows (ECMA-48, SGR). */
export const ANSI: Paint = {
  red: (text) => between(text, 31, 39),
  green: (text) => between(text, 32, 39),
  yellow: (text) => between(text, 33, 39),
  cyan: (text) => between(text, 36, 39),
  bold: (text) => between(text, 1, 22),
  dim: (text) => between(text, 2, 22),
  reset: '\u001b[0m',
};

const between = (text: string, open: number, close: number): string =>
  text === '' ? '' : `\u001b[${String(open)}m${text}\u001b[${String(close)}m`;
