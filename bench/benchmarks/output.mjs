import { race, timeNodeRun } from '../measure.mjs';
import { limitRow, plainRow, ratioRow } from '../rows.mjs';

const ROUNDS = 3;
const QUICK_ROUNDS = 1;
const BLOCK_BYTES = 16 * 1024 * 1024;
const BLOCKS = 64;
const LIMIT = 2;
const PEAK_LIMIT_MB = 150;

/** A gibibyte of lines through steps, to a pipe and to their logs. */
export const output = {
  name: 'output',
  title: '1 GiB of lines through steps, shown through a pipe and stored',
  *rows({ program, area, nodes: [node], isQuick }) {
    const cwd = area.folder({ ...pipelineFiles(), 'block.txt': blockOfLines() });
    const runs = CASES.map(({ file, ...rest }) => ({ ...rest, command: [node.file, program, 'run', file], cwd }));
    const floors = [
      { label: 'cat | tee a file', command: ['sh', '-c', `(${writeBlocks(BLOCKS)}) | cat | tee tee.log`], cwd },
      { label: 'cat | cat, stored nowhere', command: ['sh', '-c', `(${writeBlocks(BLOCKS)}) | cat`], cwd },
    ];
    const times = race([...floors, ...runs].map(throughPipe), isQuick ? QUICK_ROUNDS : ROUNDS);
    for (const { label } of floors) yield plainRow(label, times.get(label));
    const floor = times.get(floors[0].label);
    for (const { label, limit } of runs) yield timeRow(label, times.get(label), { floor, limit });
    for (const run of runs) {
      const { peakMb } = timeNodeRun({ ...run, stdout: 'ignore' });
      yield limitRow(`${run.label}, peak memory`, peakMb, { limit: PEAK_LIMIT_MB, unit: 'MB' });
    }
  },
};

/** Token-like values; some lines contain the first one. */
const SECRETS = Object.fromEntries(
  ['A', 'B', 'C', 'D', 'E'].map((letter) => [`TOKEN_${letter}`, `${letter}9kQ2vXr7LmZt4WpYc8NbHs5Jd3FgTe6`]),
);

const CASES = [
  { label: 'one step', file: 'one.yml', limit: LIMIT },
  { label: 'one step, five secrets', file: 'secrets.yml', env: SECRETS },
  { label: 'two steps side by side, prefixed', file: 'two.yml' },
];

const writeBlocks = (count) => `for n in $(seq ${count}); do cat block.txt; done`;

const pipelineFiles = () => ({
  'one.yml': `steps:\n  - run: ${writeBlocks(BLOCKS)}\n`,
  'secrets.yml': `secrets: [${Object.keys(SECRETS).join(', ')}]\nsteps:\n  - run: ${writeBlocks(BLOCKS)}\n`,
  'two.yml': `steps:\n  - parallel:\n${`      - run: ${writeBlocks(BLOCKS / 2)}\n`.repeat(2)}`,
});

const blockOfLines = () => {
  const line = (n) => {
    const token = n % 1000 === 0 ? ` Authorization: ${SECRETS.TOKEN_A}` : '';
    return `2026-01-01T00:00:00Z INFO worker-${n % 7} handled request ${n} in ${n % 97} ms at app::router::dispatch${token}\n`;
  };
  let text = '';
  for (let n = 0; text.length < BLOCK_BYTES; n++) text += line(n);
  return text.slice(0, BLOCK_BYTES);
};

/** All contenders write into a pipe that is read. */
const throughPipe = (contender) => ({
  ...contender,
  command: ['bash', '-c', '"$@" | cat >/dev/null; exit ${PIPESTATUS[0]}', 'bash', ...contender.command],
});

const timeRow = (label, times, { floor, limit }) =>
  limit === undefined
    ? plainRow(label, times, `${(times.wallMs / floor.wallMs).toFixed(2)}x cat | tee`)
    : ratioRow(label, times, { floor, floorName: 'cat | tee', limit });
