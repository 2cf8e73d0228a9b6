import { renderHistory, renderStatus } from '../../report/status-text.js';
import { renderStateFile } from '../../state/state-file.js';
import type { StatusArguments } from '../arguments.js';
import { commandLineOf } from '../command-line.js';
import { readFacts } from '../facts.js';
import { refuse } from '../refuse.js';
import { chooseRun, readStoredRuns } from '../stored-runs.js';
import type { Terminal } from '../terminal.js';

/** `savepoint status`: how a run stands, from what is stored. With `--json`: what `pipeline-state.json` holds. */
export const statusCommand = async (args: StatusArguments, terminal: Terminal): Promise<number> => {
  const { out, surroundings } = terminal;
  const runs = await readStoredRuns(readFacts(surroundings).workspace, args.workDir);
  if (!runs.ok) return refuse(runs.error, terminal);
  const run = chooseRun(runs.value, args.id);
  if (!run.ok) return refuse(run.error, terminal);
  const { state, live } = run.value;
  if (args.output.json) {
    out.write(renderStateFile(state));
    return 0;
  }
  const isCurrent = run.value === runs.value.current;
  const options = {
    paint: out.paint,
    columns: out.columns,
    live,
    formatTime,
    resumeCommand: commandLineOf(args.workDir)(isCurrent ? 'resume' : `resume ${state.runId}`),
  };
  const history =
    args.id === undefined
      ? renderHistory(
          runs.value.earlier.map((earlier) => earlier.state),
          options,
        )
      : [];
  const lines = [...renderStatus(state, options), ...(history.length > 0 ? ['', ...history] : [])];
  out.write(`${lines.join('\n')}\n`);
  return 0;
};

const formatTime = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace(/\..*/, ' UTC');
