import { openActionJob } from '../action-job.mjs';
import { race, timeNodeRun } from '../measure.mjs';
import { join } from 'node:path';
import { pipelineOf } from '../no-op-steps.mjs';
import { plainRow } from '../rows.mjs';

const ROUNDS = 21;
const QUICK_ROUNDS = 7;
/** Milliseconds over an empty script. */
const LIMIT_MS = 250;
const MANY = 1000;
const EMPTY_SCRIPT = join(import.meta.dirname, '..', 'floors', 'empty.mjs');

/** The action's time and memory in a job with nothing to restore and almost nothing to do. */
export const actionStart = {
  name: 'action-start',
  title: 'the action from its start to its end: a first attempt with one no-op step',
  *rows(setting) {
    for (const node of setting.nodes) yield* startRows(node, setting);
    yield* memoryRows(setting);
  },
};

function* startRows({ file, major }, { action, area, isQuick }) {
  const job = openActionJob(area.folder(), { 'savepoint.yml': pipelineOf(1, 'chain') });
  const contenders = [
    { label: 'empty', command: [file, EMPTY_SCRIPT], cwd: job.workspace },
    { label: 'action', command: [file, action], cwd: job.workspace, env: job.env(1), prepare: job.reset },
  ];
  const times = race(contenders, isQuick ? QUICK_ROUNDS : ROUNDS);
  const [floor, ours] = [times.get('empty'), times.get('action')];
  yield plainRow(`Node ${major}, an empty script`, floor);
  yield overRow(`Node ${major}, the action`, ours, floor);
}

/** Processor time is not affected by a busy machine. */
const overRow = (what, ours, floor) => {
  const [over, bestOver] = [ours.wallMs - floor.wallMs, ours.bestMs - floor.bestMs];
  return {
    ...plainRow(what, ours),
    bound: `<= ${LIMIT_MS} ms more`,
    verdict: over <= LIMIT_MS ? 'holds' : bestOver <= LIMIT_MS ? 'noisy' : 'missed',
    detail: `${over.toFixed(0)} ms more, fastest ${bestOver.toFixed(0)}, CPU ${(ours.cpuMs - floor.cpuMs).toFixed(0)}`,
  };
};

/** The time to start a child is proportional to the memory of its parent. */
function* memoryRows({ nodes: [{ file, major }], action, program, area }) {
  for (const count of [1, MANY]) {
    const job = openActionJob(area.folder(), { 'savepoint.yml': pipelineOf(count, 'chain') });
    const shared = { cwd: job.workspace };
    const terminal = timeNodeRun({ ...shared, command: [file, program, 'run'] });
    job.reset();
    const ours = timeNodeRun({ ...shared, command: [file, action], env: job.env(1) });
    yield {
      what: `Node ${major}, peak memory, ${count === 1 ? 'one step' : `${count} steps`}`,
      figure: `${ours.peakMb.toFixed(0)} MB`,
      detail: `on a terminal ${terminal.peakMb.toFixed(0)} MB`,
    };
  }
}
