import { ANSI, PLAIN, type Paint } from '../../report/text/paint.js';

/** The facts that decide whether colours are used. */
export type ColourQuestion = {
  readonly isTerminal: boolean;
  readonly noColor: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** Colours only on a terminal that supports them and unless the user declined (https://no-color.org). */
export const choosePaint = ({ isTerminal, noColor, env }: ColourQuestion): Paint =>
  isTerminal && !noColor && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb' ? ANSI : PLAIN;
