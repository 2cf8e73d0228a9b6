import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { openLargeWorkspace } from '../large-workspace.mjs';
import { median } from '../measure.mjs';
import { skippedRow } from '../rows.mjs';

const FILES = 100_000;
const CHANGED = 0.01;
const ROUNDS = 7;
const QUICK_ROUNDS = 2;
/** Bound for copying the listing and starting tar from Node. */
const OVER_TAR = 1.2;
const PROBE = join(import.meta.dirname, '..', 'probes', 'archives.mjs');
/** The first version of Node that runs TypeScript sources directly. */
const STRIPS_TYPES = 24;

/** The cost of an archive at a step boundary. */
export const archives = {
  name: 'archives',
  title: `an archive of what changed: ${CHANGED * 100}% of ${FILES} files, 850 MB`,
  *rows({ area, nodes: [node], peers, isQuick }) {
    if (node.major < STRIPS_TYPES) return yield skippedRow('archives', `needs Node ${STRIPS_TYPES}`);
    if (peers.find('zstd') === undefined) return yield skippedRow('archives', 'needs zstd');
    const restic = peers.find('restic');
    const runs = probe(node, { folder: area.folder(), rounds: isQuick ? QUICK_ROUNDS : ROUNDS, restic });
    yield plain('tar alone, leaving out nothing but .git', runs.bareTar);
    yield plain('tar alone, leaving out what we do', runs.tar);
    yield plain('tar | zstd -T0, everything', runs.tarZstd);
    yield boundRow('taking an archive', runs.take, { than: runs.tar, name: 'the same tar', limit: OVER_TAR });
    yield boundRow('the same', runs.take, { than: runs.tarZstd, name: 'tar | zstd', limit: 1 / 8 });
    if (restic === undefined) yield skippedRow('the same, beside restic', 'restic is not on PATH');
    else yield boundRow('the same', runs.take, { than: runs.restic, name: 'restic', limit: 1 / 10 });
    yield plain('the listing before the first step', runs.listing);
    yield plain(
      'packing it, in another process',
      runs.pack,
      `${Math.round(runs.archiveBytes / 1024 ** 2)} MiB of raw archive`,
    );
  },
};

const probe = (node, { folder, rounds, restic }) => {
  const workspace = openLargeWorkspace(FILES);
  const args = [PROBE, folder, workspace.folder, String(rounds), ...(restic === undefined ? [] : [restic])];
  const { status, stdout, stderr } = spawnSync(node.file, args, {
    input: workspace.touched(CHANGED).join('\n'),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the probe failed: ${stderr}`);
  return JSON.parse(stdout);
};

const plain = (what, times, detail) => ({ what, figure: `${median(times).toFixed(0)} ms`, detail });

/** Medians vary on a busy machine; the fastest runs show the real cost. */
const boundRow = (what, times, { than, name, limit }) => {
  const ratio = median(times) / median(than);
  const bestRatio = Math.min(...times) / Math.min(...than);
  return {
    what,
    figure: `${ratio.toFixed(3)}x, ${median(times).toFixed(0)} ms`,
    bound: `<= ${Number(limit.toFixed(3))}x ${name}`,
    verdict: ratio <= limit ? 'holds' : bestRatio <= limit ? 'noisy' : 'missed',
    detail: `fastest ${bestRatio.toFixed(3)}x`,
  };
};
