import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { median } from '../measure.mjs';
import { plainRow, ratioRow, skippedRow } from '../rows.mjs';

const ROUNDS = 4;
const QUICK_ROUNDS = 1;
const LIMIT = 1.05;
const PROBE = join(import.meta.dirname, '..', 'probes', 'uploads.mjs');
/** The first version of Node that runs TypeScript sources directly. */
const STRIPS_TYPES = 24;

/** The cost of a background upload to the steps that run meanwhile. */
export const uploads = {
  name: 'uploads',
  title: 'steps of fixed work while 300 MiB are packed and uploaded',
  *rows({ action, area, nodes: [node], peers, isQuick }) {
    if (node.major < STRIPS_TYPES) return yield skippedRow('uploads', `needs Node ${STRIPS_TYPES}`);
    if (peers.find('zstd') === undefined) return yield skippedRow('uploads', 'needs zstd');
    const runs = probe(node, { action, folder: area.folder(), rounds: isQuick ? QUICK_ROUNDS : ROUNDS });
    for (const lanes of [1, 2]) yield* lanesRows(runs, lanes);
    const [store, zstd] = ['upload', 'zstd'].map((label) => besides(runs, label).map(({ cpuMs }) => cpuMs));
    const uploaded = runs.filter(({ label }) => label === 'upload');
    yield {
      what: 'the worker process, one upload',
      figure: `CPU ${median(store).toFixed(0)} ms`,
      detail: `plain zstd -3 of the same ${median(zstd).toFixed(0)} ms, the emulated service ${median(uploaded.map(({ emulatorMs }) => emulatorMs)).toFixed(0)} ms, ${(median(uploaded.map(({ storedBytes }) => storedBytes)) / 1024 ** 2).toFixed(0)} MiB sent`,
    };
  },
};

/** The bound is relative to a plain compressor; the total slowdown of the steps is shown too. */
function* lanesRows(runs, lanes) {
  const name = lanes === 1 ? 'one at a time' : 'two at a time, no processor to spare';
  const [alone, zstd, upload] = ['alone', 'zstd', 'upload'].map((label) => stepTimes(runs, label, lanes));
  const overAlone = ({ wallMs, cpuMs }) =>
    `${(wallMs / alone.wallMs).toFixed(2)}x alone, CPU ${(cpuMs / alone.cpuMs).toFixed(2)}x`;
  yield plainRow(`steps, ${name}`, alone);
  yield plainRow('beside a plain zstd -3', zstd, overAlone(zstd));
  yield plainRow('beside an upload', upload, overAlone(upload));
  yield ratioRow('the same', upload, { floor: zstd, floorName: 'beside zstd', limit: LIMIT });
}

const probe = (node, { action, folder, rounds }) => {
  const options = { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 };
  const { status, stdout, stderr } = spawnSync(node.file, [PROBE, action, folder, String(rounds)], options);
  if (status !== 0) throw new Error(`the probe failed: ${stderr}`);
  return JSON.parse(stdout);
};

const besides = (runs, label) => runs.filter((run) => run.label === label).map(({ beside }) => beside);

/** Only steps that ran entirely during the measured work. */
const stepTimes = (runs, label, lanes) => {
  const steps = runs
    .filter((run) => run.label === label && run.lanes === lanes)
    .flatMap(({ steps, beside = { from: 0, to: Infinity } }) =>
      steps.filter(({ from, to }) => from >= beside.from && to <= beside.to),
    );
  const walls = steps.map(({ from, to }) => to - from);
  return { wallMs: median(walls), bestMs: Math.min(...walls), cpuMs: median(steps.map(({ cpuMs }) => cpuMs)) };
};
