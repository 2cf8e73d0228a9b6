import { join } from 'node:path';
import { race } from '../measure.mjs';
import { noOpFiles, SHAPES } from '../no-op-steps.mjs';
import { plainRow, ratioRow, skippedRow } from '../rows.mjs';

const COUNT = 1000;
const ROUNDS = 5;
const QUICK_ROUNDS = 2;
const LIMIT = 1.3;
const FLOOR = join(import.meta.dirname, '..', 'floors', 'spawn-steps.mjs');

/** The cost of running a step in addition to starting its process. */
export const engine = {
  name: 'engine',
  title: `${COUNT} no-op sh steps`,
  *rows(setting) {
    for (const shape of SHAPES) yield* shapeRows(shape, setting);
  },
};

function* shapeRows(shape, { program, area, nodes, peers, isQuick }) {
  const cwd = area.folder(noOpFiles(COUNT, shape));
  const tools = peerTools(shape, cwd).map((tool) => ({ ...tool, file: peers.find(tool.name) }));
  const parallel = shape === 'chain' ? '1' : '2';
  const contenders = [
    ...nodes.flatMap(({ file, major }) => [
      { label: `floor ${major}`, command: [file, FLOOR, String(COUNT), parallel], cwd },
      { label: `savepoint ${major}`, command: [file, program, 'run'], cwd },
    ]),
    ...tools.filter(canRun).map(({ name, file, args, env }) => ({ label: name, command: [file, ...args], cwd, env })),
  ];
  const times = race(contenders, isQuick ? QUICK_ROUNDS : ROUNDS);
  for (const { major } of nodes) {
    const floor = times.get(`floor ${major}`);
    yield plainRow(`${shape}, plain Node ${major}`, floor);
    const against = { floor, floorName: 'plain Node', limit: LIMIT };
    yield ratioRow(`${shape}, Savepoint on Node ${major}`, times.get(`savepoint ${major}`), against);
  }
  for (const tool of tools) {
    const what = `${shape}, ${tool.name}`;
    yield canRun(tool) ? plainRow(what, times.get(tool.name)) : skippedRow(what, tool.unable ?? 'not there');
  }
}

const canRun = ({ file, unable }) => file !== undefined && unable === undefined;

/** How each tool runs the steps; `unable` says why it cannot run them in this shape. */
const peerTools = (shape, cwd) => [
  { name: 'make', args: ['-j2', '--silent'] },
  { name: 'ninja', args: ['-j2'] },
  {
    name: 'just',
    args: [`s${COUNT}`],
    ...(shape === 'fan-out' && { unable: 'it cannot limit what runs side by side' }),
  },
  {
    name: 'wireit',
    args: [],
    // As npm would set it.
    env: {
      npm_lifecycle_event: 'all',
      npm_package_json: join(cwd, 'package.json'),
      npm_config_user_agent: 'npm/10',
      WIREIT_PARALLEL: '2',
    },
  },
];
