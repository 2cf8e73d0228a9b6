import { expect, test } from 'vitest';
import { renderCleanupSummary } from '../../src/report/cleanup-summary.js';
import type { FallbackRecord } from '../../src/state/run-state.js';

const fired = (more: Partial<FallbackRecord>): FallbackRecord => ({
  owner: '',
  name: 'on_abortion',
  status: 'succeeded',
  runAttempt: 1,
  startedAt: 0,
  durationMs: 1200,
  steps: [],
  ...more,
});

test('what cleaned up is reported with how it ended, as text and never as markup', () => {
  const text = renderCleanupSummary([
    fired({ owner: 'each[2]/x' }),
    fired({ status: 'failed', error: 'exit code 1 <b>' }),
    fired({ name: 'finally', status: 'running' }),
  ]);
  expect(text.split('\n').slice(3, -1)).toEqual([
    '- ✓ `on_abortion` of each\\[2\\]/x (1.2s)',
    '- ! `on_abortion` of the pipeline: exit code 1 &lt;b&gt;',
    '- ! `finally` of the pipeline: it did not finish',
  ]);
});

test('nothing is reported where nothing fired, and a long list is shortened', () => {
  expect(renderCleanupSummary([])).toBe('');
  const many = renderCleanupSummary(Array.from({ length: 60 }, () => fired({})));
  expect(many).toContain('- and 10 more in the log\n');
});
