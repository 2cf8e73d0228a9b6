import { cpus, loadavg, totalmem } from 'node:os';

/** Prints the machine of the measurement. */
export const printConditions = ({ nodes }) => {
  const processors = `${cpus().length} processors (${cpus()[0]?.model.trim() ?? 'unknown'})`;
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GiB`;
  const load = loadavg()[0].toFixed(1);
  console.log(`${process.platform} ${process.arch}, ${processors}, ${memory}, load ${load}`);
  console.log(`Node ${nodes.map(({ version }) => version).join(', ')}`);
};

/** A benchmark's heading. */
export const printTitle = ({ name, title }) => console.log(`\n${name}: ${title}`);

/** One line: the measurement, its figure, its bound, and whether it holds. */
export const printRow = ({ what, figure, bound, verdict, detail }) => {
  const judged = bound === undefined ? '' : `${bound}: ${verdict}`;
  console.log(`  ${what.padEnd(44)} ${figure.padEnd(28)} ${judged.padEnd(26)} ${detail ?? ''}`.trimEnd());
};
