import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { openLargeWorkspace } from '../large-workspace.mjs';
import { median } from '../measure.mjs';
import { skippedRow } from '../rows.mjs';

const FILES = 100_000;
const CHANGED = 0.01;
const ROUNDS = 5;
const QUICK_ROUNDS = 1;
const PROBE = join(import.meta.dirname, '..', 'probes', 'resumes.mjs');
/** The first version of Node that runs TypeScript sources directly. */
const STRIPS_TYPES = 24;

/** The time until a re-run reaches the step at which the previous attempt failed. */
export const resumes = {
  name: 'resumes',
  title: `a job that failed at step 3 of 5, run again: ${FILES} files, 850 MB, ${CHANGED * 100}% of it changed`,
  *rows({ action, area, nodes: [node], peers, isQuick }) {
    if (node.major < STRIPS_TYPES) return yield skippedRow('resumes', `needs Node ${STRIPS_TYPES}`);
    if (peers.find('zstd') === undefined) return yield skippedRow('resumes', 'needs zstd');
    const times = probe(node, { action, folder: area.folder(), rounds: isQuick ? QUICK_ROUNDS : ROUNDS });
    yield { what: 'attempt 2, until the third step starts', ...figure(times.resume), detail: detailOf(times) };
    yield { what: 'attempt 1, until there', ...figure(times.attempt1), detail: 'its two steps take next to no time' };
    yield { what: 'zstd -d | tar -x of everything', ...figure(times.whole), detail: 'without a download' };
  },
};

const probe = (node, { action, folder, rounds }) => {
  const { folder: workspace, touched } = openLargeWorkspace(FILES);
  const { status, stdout, stderr } = spawnSync(node.file, [PROBE, action, folder, workspace, String(rounds)], {
    input: touched(CHANGED).join('\n'),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the probe failed: ${stderr}`);
  return JSON.parse(stdout);
};

const figure = (times) => ({ figure: `${median(times).toFixed(0)} ms (fastest ${Math.min(...times).toFixed(0)})` });

const detailOf = ({ resume, whole, restored }) =>
  `${(median(resume) / median(whole)).toFixed(2)}x of unpacking everything, ${median(restored)} files restored`;
