import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { openLargeWorkspace } from '../large-workspace.mjs';
import { median } from '../measure.mjs';
import { skippedRow } from '../rows.mjs';

const LARGE = 100_000;
const SMALL = 10_000;
const CHANGED = 1000;
const ROUNDS = 9;
const QUICK_ROUNDS = 3;
/** A restore unpacks outside the workspace, like the plain tar; checks, renames and removals come on top. */
const OVER_TAR = 2.5;
/** The cost depends on the changes, not on the size of the workspace. */
const OVER_SMALL = 1.25;
const PROBE = join(import.meta.dirname, '..', 'probes', 'restores.mjs');
/** The first version of Node that runs TypeScript sources directly. */
const STRIPS_TYPES = 24;

/** The cost of restoring a workspace from a checkpoint. */
export const restores = {
  name: 'restores',
  title: `restoring ${CHANGED} files of 8.5 KB`,
  *rows({ area, nodes: [node], isQuick }) {
    if (node.major < STRIPS_TYPES) return yield skippedRow('restores', `needs Node ${STRIPS_TYPES}`);
    const times = probe(node, { folder: area.folder(), rounds: isQuick ? QUICK_ROUNDS : ROUNDS });
    yield plainRow('tar alone, over 100,000 files', times['spread, tar over it']);
    yield plainRow('tar alone, into an empty folder', times['spread, tar']);
    const tar = { than: times['spread, tar'], name: 'that', limit: OVER_TAR };
    yield boundRow('a restore of 1% of 100,000 files', times.spread, tar);
    const small = { than: times.small, name: 'into 10,000', limit: OVER_SMALL };
    yield boundRow('the same files into 100,000 and 10,000', times.large, small);
  },
};

const probe = (node, { folder, rounds }) => {
  const large = openLargeWorkspace(LARGE);
  const small = openLargeWorkspace(SMALL);
  const input = JSON.stringify({
    spread: { folder: large.folder, changed: large.touched(CHANGED / LARGE) },
    large: { folder: large.folder, changed: large.touched(CHANGED / SMALL).slice(0, CHANGED) },
    small: { folder: small.folder, changed: small.touched(CHANGED / SMALL) },
  });
  const { status, stdout, stderr } = spawnSync(node.file, [PROBE, folder, String(rounds)], { input, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the probe failed: ${stderr}`);
  return JSON.parse(stdout);
};

const plainRow = (what, times) => ({ what, figure: `${median(times).toFixed(0)} ms` });

/** Medians vary on a busy machine; the fastest runs show the real cost. */
const boundRow = (what, times, { than, name, limit }) => {
  const ratio = median(times) / median(than);
  const bestRatio = Math.min(...times) / Math.min(...than);
  return {
    what,
    figure: `${ratio.toFixed(2)}x, ${median(times).toFixed(0)} ms`,
    bound: `<= ${limit}x ${name}`,
    verdict: ratio <= limit ? 'holds' : bestRatio <= limit ? 'noisy' : 'missed',
    detail: `fastest ${bestRatio.toFixed(2)}x`,
  };
};
