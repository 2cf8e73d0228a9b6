// Measures Savepoint against plain Node, other tools and the machine's own limits: see docs/performance.md.
// node bench/run.mjs [name…] [--quick] [--program=<file>] [--action=<file>]
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { actionStart } from './benchmarks/action-start.mjs';
import { archives } from './benchmarks/archives.mjs';
import { boundaries } from './benchmarks/boundaries.mjs';
import { engine } from './benchmarks/engine.mjs';
import { journal } from './benchmarks/journal.mjs';
import { memory } from './benchmarks/memory.mjs';
import { nesting } from './benchmarks/nesting.mjs';
import { output } from './benchmarks/output.mjs';
import { planning } from './benchmarks/planning.mjs';
import { restores } from './benchmarks/restores.mjs';
import { resumes } from './benchmarks/resumes.mjs';
import { scale } from './benchmarks/scale.mjs';
import { start } from './benchmarks/start.mjs';
import { uploads } from './benchmarks/uploads.mjs';
import { findNodes } from './find-nodes.mjs';
import { openPeers } from './peers.mjs';
import { printConditions, printRow, printTitle } from './print.mjs';
import { openWorkArea } from './work-area.mjs';

const BENCHMARKS = [
  ...[start, engine, nesting, scale, journal, planning, output, memory],
  ...[actionStart, boundaries, archives, restores, uploads, resumes],
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    program: { type: 'string', default: join(import.meta.dirname, '..', 'dist', 'cli', 'index.js') },
    action: { type: 'string', default: join(import.meta.dirname, '..', 'dist', 'index.js') },
  },
});

const main = () => {
  const [program, action] = [resolve(values.program), resolve(values.action)];
  const unknown = positionals.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0) return refuse(`no benchmark "${unknown.join(', ')}"; there are: ${namesOf(BENCHMARKS)}`);
  const missing = [program, action].find((file) => !existsSync(file));
  if (missing !== undefined) return refuse(`there is no ${missing}; build it with: npm run build`);
  const chosen = BENCHMARKS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const area = openWorkArea();
  try {
    const setting = { program, action, area, nodes: findNodes(), peers: openPeers(), isQuick: values.quick };
    printConditions(setting);
    const rows = chosen.flatMap((benchmark) => runOne(benchmark, setting));
    process.exitCode = rows.some(({ verdict }) => verdict === 'missed') ? 1 : 0;
  } finally {
    area.remove();
  }
};

const runOne = (benchmark, setting) => {
  printTitle(benchmark);
  const rows = [];
  for (const row of benchmark.rows(setting)) {
    printRow(row);
    rows.push(row);
  }
  return rows;
};

const namesOf = (benchmarks) => benchmarks.map(({ name }) => name).join(', ');

const refuse = (message) => {
  console.error(message);
  process.exitCode = 2;
};

main();
