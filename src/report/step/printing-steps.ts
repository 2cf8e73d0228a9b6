import { createOutputTail, type OutputTail } from '../../run/process/output-tail.js';
import { createLinePrefixer, type LinePrefixer } from '../text/line-prefix.js';
import type { Paint } from '../text/paint.js';

/** A running step, and how its output is told apart from that of concurrent steps. */
export type PrintingStep = {
  readonly lines: LinePrefixer;
  readonly prefix: string;
  /** Its last output; undefined when it is not needed. */
  readonly tail: OutputTail | undefined;
  /** True from the moment it runs concurrently with another step. */
  isPrefixed: boolean;
  /** True while its fallbacks run, so that it prints nothing. */
  isPaused: boolean;
};

/** The running steps, by path. */
export type PrintingSteps = {
  readonly get: (step: string) => PrintingStep | undefined;
  /** Adds a step; true if it prints concurrently with others, which are all prefixed from then on. */
  readonly start: (step: string) => boolean;
  /** Removes and returns a step that ended; undefined if it never started. */
  readonly end: (step: string) => PrintingStep | undefined;
  readonly all: () => Iterable<PrintingStep>;
};

const TAIL_BYTES = 8 * 1024;

/** Starts without steps; with `keepsTails` the last output of each is kept. */
export const createPrintingSteps = ({ reset, cyan }: Paint, keepsTails: boolean): PrintingSteps => {
  const running = new Map<string, PrintingStep>();
  const start = (step: string): boolean => {
    const prefix = `${reset}${cyan(`${step} |`)} `;
    const tail = keepsTails ? createOutputTail(TAIL_BYTES) : undefined;
    running.set(step, { prefix, lines: createLinePrefixer(prefix), tail, isPrefixed: false, isPaused: false });
    const printing = [...running.values()].filter(({ isPaused }) => !isPaused);
    if (printing.length > 1) for (const each of printing) each.isPrefixed = true;
    return printing.length > 1;
  };
  const end = (step: string): PrintingStep | undefined => {
    const ended = running.get(step);
    running.delete(step);
    return ended;
  };
  return { get: (step) => running.get(step), start, end, all: () => running.values() };
};
