import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

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
          const args = ['--no-warnings', PROBE, work, area.folder({}), String(size)];
          peaks[size].push(Number(execFileSync(node.file, args, { encoding: 'utf8' })));
        }
      }
      const [less, more] = [medianOf(peaks[small]), medianOf(peaks[large])];
      yield {
        what: `${what} of ${large} MiB`,
        figure: `${(more / less).toFixed(2)}x, ${more.toFixed(0)} MB`,
        bound: `<= ${LIMIT}x ${small} MiB`,
        verdict: more / less <= LIMIT ? 'holds' : 'missed',
      };
    }
  },
};

const medianOf = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
