import { availableParallelism } from 'node:os';
import { never } from '../../base/assert.js';
import type { Selection } from '../../plan/selection.js';
import { exitCodeOf, type AbortSignalName } from '../../report/exit-code.js';
import { systemClock } from '../../machine/process/clock.js';
import { createAbortScope, type AbortScope } from '../../run/context/abort-scope.js';
import type { RunResult } from '../../run/host.js';
import { runPipeline } from '../../run-pipeline.js';
import type { GivenInputs, OutputOptions } from '../command-line/arguments.js';
import { commandLineOf } from '../command-line/command-line.js';
import { readFacts } from '../../machine/facts.js';
import { createDisplay, type LiveDisplay } from '../terminal/live-display.js';
import { openRun, type Goal } from './open-run.js';
import { calledFilesIn, findPipelineFile } from '../../machine/workspace/pipeline-file.js';
import { refuse } from '../terminal/refuse.js';
import { refuseMistakes } from '../terminal/refuse-mistakes.js';
import { handleSignals } from '../terminal/signals.js';
import type { Terminal } from '../terminal/terminal.js';

/** The options of a run or resume on a terminal. */
export type TerminalRun = {
  readonly pipeline: string | undefined;
  readonly inputs: GivenInputs;
  readonly selection: Selection;
  readonly workDir: string | undefined;
  readonly maxParallel: number | undefined;
  readonly output: OutputOptions;
  readonly goal: Goal;
};

/** How long fallbacks may clean up after Ctrl-C. */
const ABORTION_LIMIT_MS = 30_000;

/** Runs a pipeline on this terminal until it ends or a signal stops it; returns the exit code. */
export const runOnTerminal = async (run: TerminalRun, terminal: Terminal): Promise<number> => {
  const { out, err, surroundings } = terminal;
  const facts = readFacts(surroundings);
  const source = findPipelineFile(facts.workspace, run.pipeline);
  if (!source.ok) return refuseMistakes([source.error], terminal);
  const commandLine = commandLineOf(run.workDir);
  const display = createDisplay({ out, err, output: run.output, commandLine });
  const stop = listenForSignals(terminal);
  try {
    const result = await runPipeline({
      source: source.value,
      load: calledFilesIn(facts.workspace),
      givenInputs: run.inputs,
      selection: run.selection,
      facts: facts.contexts,
      env: facts.env,
      scope: stop.scope,
      abortion: { when: 'now', limitMs: ABORTION_LIMIT_MS },
      maxParallel: run.maxParallel,
      processors: availableParallelism(),
      open: openRun({ goal: run.goal, facts, workDir: run.workDir, display, commandLine }),
    });
    return finish(result, { terminal, display, signal: stop.signal() });
  } finally {
    stop.release();
  }
};

type Stop = {
  readonly scope: AbortScope;
  readonly signal: () => AbortSignalName | undefined;
  readonly release: () => void;
};

const listenForSignals = ({ err }: Terminal): Stop => {
  const scope = createAbortScope();
  let first: AbortSignalName | undefined;
  const release = handleSignals({
    abort: (signal) => {
      first = signal;
      scope.abort({ cause: 'signal', atOnce: false });
    },
    abortNow: () => {
      scope.abort({ cause: 'signal', atOnce: true });
    },
    now: () => systemClock.now(),
    say: (line) => {
      err.write(`\nsavepoint: ${line}\n`);
    },
  });
  return { scope, signal: () => first, release };
};

type Finishing = {
  readonly terminal: Terminal;
  readonly display: LiveDisplay;
  readonly signal: AbortSignalName | undefined;
};

const finish = (result: RunResult, { terminal, display, signal }: Finishing): number => {
  switch (result.kind) {
    case 'invalid':
      return refuseMistakes(result.diagnostics, terminal);
    case 'refused':
      return refuse(result.message, terminal);
    case 'nothing-to-do':
      display.nothingToDo(result.state);
      return 0;
    case 'ended':
      display.finish(result.state, { resumable: result.resumable, ...(signal !== undefined && { signal }) });
      return exitCodeOf(result.state, signal);
    default:
      return never(result);
  }
};
