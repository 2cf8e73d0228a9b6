import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openActionJob } from '../action-job.mjs';
import { race } from '../measure.mjs';
import { pipelineOf } from '../no-op-steps.mjs';
import { plainRow } from '../rows.mjs';

const STEPS = 200;
const FILES = 20_000;
const FILES_PER_FOLDER = 20;
const ROUNDS = 5;
const QUICK_ROUNDS = 2;

/** The cost of an archive after each step if the steps change nothing: steps wait for all of it. */
export const boundaries = {
  name: 'boundaries',
  title: `${STEPS} no-op steps in a workspace of ${FILES} files, per step`,
  *rows({ nodes: [{ file }], action, area, isQuick }) {
    const job = openActionJob(area.folder(), { 'savepoint.yml': pipelineOf(STEPS, 'chain'), ...workspaceFiles() });
    const scratch = area.folder();
    const start = { command: [file, action], cwd: job.workspace, prepare: job.reset };
    const contenders = [
      { ...start, label: 'off', env: { ...job.env(1), INPUT_CHECKPOINT: 'off' } },
      { ...start, label: 'on', env: job.env(1) },
      { ...scans(scratch), label: 'tar', cwd: job.workspace, prepare: () => emptyFolder(scratch) },
    ];
    const times = race(contenders, isQuick ? QUICK_ROUNDS : ROUNDS);
    const [off, on, tar] = ['off', 'on', 'tar'].map((label) => perStep(times.get(label)));
    yield plainRow('checkpoints off', off);
    yield plainRow('checkpoints on', on);
    yield plainRow('tar alone, looking for changes', tar);
    const added = { wallMs: on.wallMs - off.wallMs, cpuMs: on.cpuMs - off.cpuMs };
    const ratio = `${(added.wallMs / tar.wallMs).toFixed(2)}x tar alone, CPU ${(added.cpuMs / tar.cpuMs).toFixed(2)}x`;
    yield plainRow('what a checkpoint adds', added, ratio);
  },
};

const workspaceFiles = () =>
  Object.fromEntries(
    Array.from({ length: FILES }, (_, n) => [
      join('tree', `folder-${Math.floor(n / FILES_PER_FOLDER)}`, `file-${n}.js`),
      `export const value = ${n};\n`.repeat(10),
    ]),
  );

/** The same number of archives with the same listings, copied each time, from a shell. */
const scans = (folder) => ({
  command: [
    'bash',
    '-ec',
    `tar --create --file=/dev/null --listed-incremental="$1/0" --exclude=./.git .
    for n in $(seq ${STEPS}); do
      cp "$1/$((n - 1))" "$1/$n"
      tar --create --sparse --format=posix --file="$1/$n.tar" --listed-incremental="$1/$n" --exclude=./.git .
    done`,
    'bash',
    folder,
  ],
});

const emptyFolder = (folder) => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
};

const perStep = ({ wallMs, cpuMs }) => ({ wallMs: wallMs / STEPS, cpuMs: cpuMs / STEPS });
