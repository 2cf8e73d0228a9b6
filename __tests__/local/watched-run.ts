import { createDisplay, type DisplayOptions } from '../../src/local/terminal/live-display.js';
import type { EventBody } from '../../src/state/event.js';
import { recordRun } from '../report/recorded-run.js';
import { newMemoryOutlet } from './memory-terminal.js';

/** A terminal's display, the run that it shows, and its output. */
export const watchRun = (output: Partial<DisplayOptions['output']> = {}) => {
  const out = newMemoryOutlet();
  const err = newMemoryOutlet();
  const commandLine = (words: string): string => `savepoint ${words}`;
  const display = createDisplay({ out, err, output: { json: false, loudness: 'normal', ...output }, commandLine });
  const run = recordRun(display.event);
  const print = (step: string, text: string): void => {
    display.output(step, Buffer.from(text));
  };
  return { display, run, out: out.text, err: err.text, print };
};

/** The counts in the plan of a run. */
export const planned = (toRun: number, toRestore = 0): EventBody => ({
  type: 'plan_made',
  to_run: toRun,
  to_restore: toRestore,
});
