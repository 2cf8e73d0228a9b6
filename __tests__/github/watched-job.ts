import { createActionDisplay } from '../../src/github/log/action-display.js';
import type { CheckpointReport } from '../../src/report/job-verdict.js';
import type { EventBody } from '../../src/state/event.js';
import { recordRun, started } from '../report/recorded-run.js';
import { newMemoryLog } from './memory-log.js';

const newWatched = () => {
  const out = newMemoryLog();
  const display = createActionDisplay(out, 'tok');
  /** The log after `act`. */
  const after = (act: () => void): readonly string[] => {
    const before = out.text().length;
    act();
    return out.text().slice(before).split('\n').slice(0, -1);
  };
  return { out, display, after };
};

/** A job's display, the run that it shows, and its output. */
export const watchRun = () => {
  const { out, display, after } = newWatched();
  const run = recordRun(display.event);
  const print = (step: string, text: string): void => {
    display.output(step, Buffer.from(text));
  };
  const finish = (checkpoint: CheckpointReport = { status: 'none' }): void => {
    display.finish({ state: run.state(), nothingToDo: false, checkpoint });
  };
  return { display, run, print, finish, after, text: out.text };
};

/** A display that begins after the run was interrupted during the step `deploy`. */
export const watchLateRun = () => {
  const { out, display, after } = newWatched();
  const before = recordRun();
  before.add(started('deploy'));
  const run = (body: EventBody): void => {
    const seq = before.state().seq + 1;
    display.event({ v: 1, seq, at: seq * 1000, run: 'r1', attempt: 1, ...body }, before.add(body));
  };
  return { out, display, run, after };
};

/** The counts in the plan of a run. */
export const planned = (toRun: number, toRestore = 0): EventBody => ({
  type: 'plan_made',
  to_run: toRun,
  to_restore: toRestore,
});
