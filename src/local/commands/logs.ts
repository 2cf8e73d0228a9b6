import { Writable } from 'node:stream';
import { didYouMean } from '../../base/suggest.js';
import { err, ok, type Result } from '../../base/result.js';
import { copyLog } from '../../machine/step-logs.js';
import { stepTree } from '../../report/step-tree.js';
import type { RunState } from '../../state/run-state.js';
import type { LogsArguments } from '../arguments.js';
import { workspaceOf } from '../../machine/facts.js';
import { refuse } from '../refuse.js';
import { findStoredRuns, type StoredRun } from '../stored-runs.js';
import { createScreen, type Screen } from '../screen.js';
import type { Terminal } from '../terminal.js';

/** `savepoint logs`: what a step wrote, or all steps of a container, or all steps. */
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

const chooseSteps = (state: RunState, step: string | undefined): Result<readonly string[]> => {
  const nodes = stepTree(state).filter(({ isContainer }) => !isContainer);
  const paths = nodes.map(({ record }) => record.path);
  if (step === undefined) return ok(paths);
  if (state.steps.has(step)) return ok(paths.filter((path) => path === step || path.startsWith(`${step}/`)));
  return err(`run ${state.runId} has no step "${step}"${didYouMean(step, paths)}`);
};

type Printing = { readonly steps: readonly string[]; readonly terminal: Terminal };

const printLogs = async ({ logsFolder }: StoredRun, { steps, terminal }: Printing): Promise<Result<number>> => {
  const screen = createScreen(terminal.out);
  let printed = 0;
  for (const step of steps) {
    const heading = steps.length > 1 ? terminal.out.paint.bold(`▸ ${step}`) : undefined;
    const copied = await copyLog(logsFolder, step, toScreen(screen, heading));
    if (!copied.ok) return copied;
    if (copied.value) printed += 1;
  }
  screen.endLine();
  return ok(printed);
};

/** A heading appears only above something. */
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
