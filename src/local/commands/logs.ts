import { Writable } from 'node:stream';
import { didYouMean } from '../../base/suggest.js';
import { err, ok, type Result } from '../../base/result.js';
import { copyLog } from '../../machine/workdir/step-logs.js';
import { isWithin } from '../../language/model/pipeline.js';
import { runTree } from '../../report/step/step-tree.js';
import type { RunState, StepRecord } from '../../state/run-state.js';
import type { LogsArguments } from '../command-line/arguments.js';
import { workspaceOf } from '../../machine/facts.js';
import { refuse } from '../terminal/refuse.js';
import { findStoredRuns, type StoredRun } from '../work/stored-runs.js';
import { createScreen, type Screen } from '../terminal/screen.js';
import type { Terminal } from '../terminal/terminal.js';

/** `savepoint logs`: prints the output of a step, of all steps in a container, or of all steps. */
export const logsCommand = async (args: LogsArguments, terminal: Terminal): Promise<number> => {
  const runs = await findStoredRuns(workspaceOf(terminal.surroundings), args.workDir);
  const run = runs.ok ? runs.value.find(args.runId) : runs;
  if (!run.ok) return refuse(run.error, terminal);
  const steps = chooseSteps(run.value.state, args.step);
  if (!steps.ok) return refuse(steps.error, terminal);
  const printed = await printLogs(run.value, { steps: steps.value, terminal });
  if (!printed.ok) return refuse(printed.error, terminal);
  if (printed.value === 0) terminal.err.write('savepoint: nothing was written\n');
  return 0;
};

const chooseSteps = (state: RunState, step: string | undefined): Result<readonly StepRecord[]> => {
  const records = runTree(state).flatMap((node) => (node.kind === 'step' && !node.isContainer ? [node.record] : []));
  if (step === undefined) return ok(records.filter((record) => !isReplaced(record, state)));
  const own = records.find(({ path }) => path === step);
  if (own !== undefined) return isReplaced(own, state) ? err(replacedText(own)) : ok([own]);
  const inside = records.filter((record) => isWithin(record.path, step) && !isReplaced(record, state));
  if (inside.length > 0 || state.steps.has(step) || state.fallbacks.has(step)) return ok(inside);
  const known = [...state.steps.keys(), ...state.fallbacks.keys()];
  return err(`run ${state.runId} has no step "${step}"${didYouMean(step, known)}`);
};

/** Whether an item has moved and another item has since run at its old path. */
const isReplaced = ({ ranAs, startedAt }: StepRecord, { steps }: RunState): boolean => {
  const there = ranAs === undefined ? undefined : steps.get(ranAs);
  return there !== undefined && there.ranAs === undefined && there.tries > 0 && there.startedAt > startedAt;
};

const replacedText = ({ path, ranAs = path }: StepRecord): string =>
  `"${path}" ran as "${ranAs}", where another item has run since; its log is the latest ${ranAs}.attempt-….log`;

type Printing = { readonly steps: readonly StepRecord[]; readonly terminal: Terminal };

const printLogs = async ({ logsFolder }: StoredRun, { steps, terminal }: Printing): Promise<Result<number>> => {
  const screen = createScreen(terminal.out);
  let printed = 0;
  for (const { path, ranAs = path } of steps) {
    const heading = steps.length > 1 ? terminal.out.paint.bold(`▸ ${path}`) : undefined;
    const copied = await copyLog(logsFolder, ranAs, toScreen(screen, heading));
    if (!copied.ok) return copied;
    if (copied.value) printed += 1;
  }
  screen.endLine();
  return ok(printed);
};

/** Writes the heading only once there is output below it. */
const toScreen = (screen: Screen, heading: string | undefined): Writable => {
  let isFirst = true;
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (isFirst && heading !== undefined) screen.line(heading);
      isFirst = false;
      screen.raw(chunk);
      done();
    },
  });
};
