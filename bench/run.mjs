// Measures Savepoint against plain Node, other tools and the machine's own limits: see docs/performance.md.
// node bench/run.mjs [name…] [--quick] [--program=<file>]
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { archives } from './benchmarks/archives.mjs';
import { engine } from './benchmarks/engine.mjs';
import { journal } from './benchmarks/journal.mjs';
import { output } from './benchmarks/output.mjs';
import { planning } from './benchmarks/planning.mjs';
import { scale } from './benchmarks/scale.mjs';
import { start } from './benchmarks/start.mjs';
import { findNodes } from './find-nodes.mjs';
import { openPeers } from './peers.mjs';
import { printConditions, printRow, printTitle } from './print.mjs';
import { openWorkArea } from './work-area.mjs';

const BENCHMARKS = [start, engine, scale, journal, planning, output, archives];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    program: { type: 'string', default: join(import.meta.dirname, '..', 'dist', 'cli', 'index.js') },
  },
});

const main = () => {
  const program = resolve(values.program);
  const unknown = positionals.filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0) return refuse(`no benchmark "${unknown.join(', ')}"; there are: ${namesOf(BENCHMARKS)}`);
  if (!existsSync(program)) return refuse(`there is no ${program}; build it with: npm run build`);
  const chosen = BENCHMARKS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const area = openWorkArea();
  try {
    const setting = { program, area, nodes: findNodes(), peers: openPeers(), isQuick: values.quick };
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
