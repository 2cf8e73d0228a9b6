import { createOutputTail, type OutputTail } from '../../run/process/output-tail.js';
import { createLinePrefixer, type LinePrefixer } from '../text/line-prefix.js';
import type { Paint } from '../text/paint.js';

/** A step that runs: how its output is told from that of steps beside it. */
export type PrintingStep = {
  readonly lines: LinePrefixer;
  readonly prefix: string;
  /** What it printed last; undefined where nobody asks for it. */
  readonly tail: OutputTail | undefined;
  /** Once it ran beside another step, until it ends. */
  isPrefixed: boolean;
  /** Its fallbacks run meanwhile, so it prints nothing. */
  isPaused: boolean;
};

/** The steps that run, by path. */
export type PrintingSteps = {
  readonly get: (step: string) => PrintingStep | undefined;
  /** Adds a step that starts; tells whether it prints beside others, which are prefixed from here on. */
  readonly start: (step: string) => boolean;
  /** Takes out a step that ended; undefined for one that never started. */
  readonly end: (step: string) => PrintingStep | undefined;
  readonly all: () => Iterable<PrintingStep>;
};

const TAIL_BYTES = 8 * 1024;

/** No step runs yet; with `keepsTails` the last lines of each are kept. */
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
