import { summarize, timeNodeRun } from '../measure.mjs';
import { pipelineOf, SHAPES } from '../no-op-steps.mjs';
import { limitRow, plainRow, ratioRow } from '../rows.mjs';

const ROUNDS = 2;
const QUICK_ROUNDS = 1;
const [FEW, SOME, MANY, LONG] = [500, 1000, 5000, 10_000];
const SLOWER_PER_STEP = 1.15;
const PEAK_LIMITS_MB = { [SOME]: 80, [MANY]: 120 };

/** Whether time per step and memory stay the same as a pipeline grows. */
export const scale = {
  name: 'scale',
  title: 'time per step and memory of Savepoint alone, as pipelines of no-op steps grow',
  *rows(setting) {
    for (const node of setting.nodes.slice(0, 1)) for (const shape of SHAPES) yield* shapeRows(shape, node, setting);
    yield longChainRow(setting);
  },
};

function* shapeRows(shape, node, { program, area, isQuick }) {
  const runs = new Map([FEW, SOME, MANY].map((count) => [count, []]));
  const cwds = new Map(
    [...runs.keys()].map((count) => [count, area.folder({ 'savepoint.yml': pipelineOf(count, shape) })]),
  );
  const runOnce = (count) => timeNodeRun({ command: [node.file, program, 'run'], cwd: cwds.get(count) });
  for (let round = 0; round < (isQuick ? QUICK_ROUNDS : ROUNDS); round++) {
    // As many short runs as take the time of the long one, so that both see the same machine load.
    for (let repeat = 0; repeat < MANY / SOME / 2; repeat++) {
      runs.get(FEW).push(runOnce(FEW));
      runs.get(SOME).push(runOnce(SOME));
    }
    runs.get(MANY).push(runOnce(MANY));
  }
  const times = (count) => perStep(summarize(runs.get(count)), count);
  const against = { floor: times(FEW), floorName: `of ${FEW}`, limit: SLOWER_PER_STEP };
  yield plainRow(`${shape} of ${FEW}, per step`, times(FEW));
  yield ratioRow(`${shape} of ${MANY}, per step`, times(MANY), against);
  for (const [count, limit] of Object.entries(PEAK_LIMITS_MB)) {
    yield limitRow(`${shape} of ${count}, peak memory`, times(Number(count)).peakMb, { limit, unit: 'MB' });
  }
}

const perStep = ({ wallMs, bestMs, cpuMs, peakMb }, count) => ({
  wallMs: wallMs / count,
  bestMs: bestMs / count,
  cpuMs: cpuMs / count,
  peakMb,
});

const longChainRow = ({ program, area, nodes: [node] }) => {
  const cwd = area.folder({ 'savepoint.yml': pipelineOf(LONG, 'chain') });
  const { wallMs, cpuMs, peakMb } = timeNodeRun({ command: [node.file, program, 'run'], cwd });
  return {
    ...plainRow(`chain of ${LONG}`, { wallMs, cpuMs }, `${Math.round(peakMb)} MB`),
    bound: 'completes',
    verdict: 'holds',
  };
};
