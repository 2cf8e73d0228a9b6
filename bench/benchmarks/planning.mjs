import { race, timeRun } from '../measure.mjs';
import { pipelineOf, SHAPES } from '../no-op-steps.mjs';
import { plainRow, ratioRow } from '../rows.mjs';

const ROUNDS = 9;
const QUICK_ROUNDS = 3;
const [FEW, MANY] = [500, 5000];
const SLOWER_PER_STEP = 1.15;

/** The cost of `plan` for a run whose steps have finished except the last. */
export const planning = {
  name: 'planning',
  title: 'planning the resume of finished steps (plan)',
  *rows(setting) {
    for (const shape of SHAPES) yield* shapeRows(shape, setting);
  },
};

function* shapeRows(shape, { program, area, nodes: [node], isQuick }) {
  const contenders = [1, FEW, MANY].map((count) => {
    const cwd = area.folder({ 'savepoint.yml': pipelineOf(count, shape, FAILING_STEP) });
    timeRun({ command: [node.file, program, 'run', '--max-parallel=4'], cwd, exitCode: 1 });
    return { label: String(count), command: [node.file, program, 'plan'], cwd };
  });
  const times = race(contenders, isQuick ? QUICK_ROUNDS : ROUNDS);
  const perStep = (count) => withoutStart(times.get(String(count)), times.get('1'), count);
  yield plainRow(`${shape} of 1, in all`, times.get('1'));
  yield plainRow(
    `${shape} of ${FEW}, per step`,
    perStep(FEW),
    `in all ${Math.round(times.get(String(FEW)).wallMs)} ms`,
  );
  yield ratioRow(`${shape} of ${MANY}, per step`, perStep(MANY), {
    floor: perStep(FEW),
    floorName: `of ${FEW}`,
    limit: SLOWER_PER_STEP,
  });
}

const FAILING_STEP = `  - id: last\n    run: 'false'\n`;

/** Milliseconds per step beyond those of a pipeline of one step. */
const withoutStart = (times, start, count) => ({
  wallMs: (times.wallMs - start.wallMs) / count,
  bestMs: (times.bestMs - start.bestMs) / count,
  cpuMs: (times.cpuMs - start.cpuMs) / count,
});
