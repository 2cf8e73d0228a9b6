import { ok } from '../../base/result.js';
import { renderHistory, renderStatus, type StatusOptions } from '../../report/status-text.js';
import { renderStateFile } from '../../state/state-file.js';
import type { StatusArguments } from '../command-line/arguments.js';
import { commandLineOf } from '../command-line/command-line.js';
import { workspaceOf } from '../../machine/facts.js';
import { refuse } from '../terminal/refuse.js';
import { findStoredRuns, type StoredRun, type StoredRuns } from '../work/stored-runs.js';
import type { Terminal } from '../terminal/terminal.js';

/** `savepoint status`: shows the stored state of a run. With `--json`: the content of `pipeline-state.json`. */
export const statusCommand = async (args: StatusArguments, terminal: Terminal): Promise<number> => {
  const runs = await findStoredRuns(workspaceOf(terminal.surroundings), args.workDir);
  if (!runs.ok) return refuse(runs.error, terminal);
  const run = runs.value.find(args.id);
  if (!run.ok) return refuse(run.error, terminal);
  if (!args.output.json) return showStatus({ runs: runs.value, run: run.value, args }, terminal);
  terminal.out.write(renderStateFile(run.value.state));
  return 0;
};

type Shown = { readonly runs: StoredRuns; readonly run: StoredRun; readonly args: StatusArguments };

const showStatus = ({ runs, run, args }: Shown, terminal: Terminal): number => {
  const { state } = run;
  const isCurrent = runs.current.kind === 'found' && runs.current.run === run;
  const options: StatusOptions = {
    paint: terminal.out.paint,
    columns: terminal.out.columns,
    live: isCurrent && runs.isLive(),
    formatTime,
    resumeCommand: commandLineOf(args.workDir)(isCurrent ? 'resume' : `resume ${state.runId}`),
  };
  const earlier = args.id === undefined ? runs.earlier() : ok([]);
  if (!earlier.ok) return refuse(earlier.error, terminal);
  const states = earlier.value.map((one) => one.state);
  const history = renderHistory(states, options);
  const lines = [...renderStatus(state, options), ...(history.length > 0 ? ['', ...history] : [])];
  terminal.out.write(`${lines.join('\n')}\n`);
  return 0;
};

const formatTime = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace(/\..*/, ' UTC');
