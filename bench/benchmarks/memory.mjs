import { join } from 'node:path';
import { median, timeNodeRun } from '../measure.mjs';

const ROUNDS = 5;
const LIMIT = 1.5;
const PROBE = join(import.meta.dirname, '..', 'probes', 'memory.mjs');
const CASES = [
  { work: 'digest', what: 'digest of a file', small: 4, large: 400 },
  { work: 'pack', what: 'packing a file', small: 32, large: 1024 },
];

/** Files pass through in pieces, so a large one takes hardly more memory than a small one. */
export const memory = {
  name: 'memory',
  title: 'peak memory with a large file, compared with a small one',
  *rows({ area, nodes: [node], isQuick }) {
    for (const { work, what, small, large } of CASES) {
      const peaks = { [small]: [], [large]: [] };
      for (let round = 0; round < (isQuick ? 1 : ROUNDS); round++) {
        for (const size of [small, large]) {
          const cwd = area.folder();
          const command = [node.file, '--no-warnings', PROBE, work, cwd, String(size)];
          peaks[size].push(timeNodeRun({ command, cwd }).peakMb);
        }
      }
      const peakMb = median(peaks[large]);
      const ratio = peakMb / median(peaks[small]);
      yield {
        what: `${what} of ${large} MiB`,
        figure: `${ratio.toFixed(2)}x, ${peakMb.toFixed(0)} MB`,
        bound: `<= ${LIMIT}x ${small} MiB`,
        verdict: ratio <= LIMIT ? 'holds' : 'missed',
      };
    }
  },
};
