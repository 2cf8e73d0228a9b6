import { expect, test } from 'vitest';
import { mistakesIn, pipelineOf } from './reading.js';

const STEPS = 'steps: [{run: a}]';
const settingsOf = async (checkpoint: string) =>
  (await pipelineOf(`${checkpoint === '' ? '' : `checkpoint: ${checkpoint}\n`}${STEPS}`)).checkpoint;

const DEFAULTS = { include: ['.'], exclude: [], maxSizeBytes: 1_073_741_824, minIntervalMs: 30_000 };

test.each(['', '{}', '{exclude: []}'])(
  'everything belongs to a checkpoint unless the file says otherwise: %j',
  async (text) => {
    expect(await settingsOf(text)).toEqual(DEFAULTS);
  },
);

test.each([
  ['{include: ./src/}', { include: ['src'] }],
  ['{include: [src, "*.json", ./.]}', { include: ['src', '*.json', '.'] }],
  ['{exclude: [tmp/**, ./cache]}', { exclude: ['tmp/**', 'cache'] }],
  ['{max_size: 64KiB}', { maxSizeBytes: 65_536 }],
  ['{min_interval: 0s}', { minIntervalMs: 0 }],
  ['{min_interval: 2m}', { minIntervalMs: 120_000 }],
])('%s changes that and nothing else', async (text, changed) => {
  expect(await settingsOf(text)).toEqual({ ...DEFAULTS, ...changed });
});

test.each([
  ['{include: /tmp}', '1:23 "include" must be a relative path, found "/tmp" [bad-path]'],
  ['{exclude: [a, b/../../c]}', '1:27 "exclude" must not lead out with "..", found "b/../../c" [bad-path]'],
  ['{exclude: ./}', '1:23 "exclude" must name a folder, found "./" [bad-path]'],
  [
    '{include: "!/a"}',
    '1:23 a glob in "include" cannot begin with "!", found "!/a"; "exclude" takes files away [bad-path]',
  ],
  ['{exclude: "${{ inputs.x }}"}', '1:24 "exclude" cannot contain an expression [expression-not-allowed]'],
  ['{max_size: 0B}', '1:24 "max_size" must be more than 0 [size-out-of-range]'],
])('%s is a mistake', async (text, mistake) => {
  expect(await mistakesIn(`checkpoint: ${text}\n${STEPS}`)).toEqual([mistake]);
});
