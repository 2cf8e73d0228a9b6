import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { median } from '../measure.mjs';
import { limitRow, skippedRow } from '../rows.mjs';

const STEPS = 5000;
const ROUNDS = 5;
const QUICK_ROUNDS = 2;
/** Bound for an append with grouped flushes; rewriting the state would take milliseconds. */
const APPEND_LIMIT_US = 27;
const PROBE = join(import.meta.dirname, '..', 'probes', 'journal.mjs');
/** The first version of Node that runs TypeScript sources directly. */
const STRIPS_TYPES = 24;

/** The journal's cost for each step. */
export const journal = {
  name: 'journal',
  title: `the state of ${STEPS} steps: their events recorded, journaled and on disk`,
  *rows({ area, nodes: [node], isQuick }) {
    if (node.major < STRIPS_TYPES) return yield skippedRow('journal', `needs Node ${STRIPS_TYPES}`);
    const runs = Array.from({ length: isQuick ? QUICK_ROUNDS : ROUNDS }, () => probe(node, area.folder()));
    const microseconds = (name) => median(runs.map((run) => run[name]));
    yield limitRow('one event, appended', microseconds('append'), { limit: APPEND_LIMIT_US, unit: 'µs' });
    yield plain('one event, without chain, sync and state file', microseconds('plainWrite'));
    yield plain('all events of a step, recorded', microseconds('step'));
    yield plain('instead: rewriting the state for each step', microseconds('rewrite'));
  },
};

const plain = (what, microseconds) => ({ what, figure: `${microseconds.toFixed(1)} µs` });

const probe = (node, cwd) => {
  const { status, stdout, stderr } = spawnSync(node.file, [PROBE, String(STEPS)], { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the probe failed: ${stderr}`);
  return JSON.parse(stdout);
};
