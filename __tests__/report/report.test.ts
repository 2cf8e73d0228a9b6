import { describe, expect, test } from 'vitest';
import { renderCleanupSummary } from '../../src/report/cleanup-summary.js';
import type { FallbackRecord, RunStatus } from '../../src/state/run-state.js';
import { renderEventLine } from '../../src/report/event-json.js';
import { encodeLine } from '../../src/state/journal-format.js';
import type { RunEvent } from '../../src/state/event.js';
import { exitCodeOf } from '../../src/report/exit-code.js';
import { recordRun } from './recorded-run.js';
import { innermostText, interruptedText } from '../../src/report/interrupted-attempt.js';

describe('cleanup summary', () => {
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
});

describe('event json', () => {
  test('a line of --json output is the journal line without its hash', () => {
    const event: RunEvent = {
      v: 1,
      seq: 1,
      at: 5,
      run: 'r',
      attempt: 1,
      type: 'step_skipped',
      step: 's',
      name: 'a\nb',
      because: 'c',
    };
    const line = renderEventLine(event);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    const { hash: _hash, ...journalled } = JSON.parse(encodeLine(event, '0').line) as Record<string, unknown>;
    expect(JSON.parse(line)).toEqual(journalled);
  });
});

describe('exit code', () => {
  const ended = (status: RunStatus) => ({ ...recordRun().state(), status });

  test.each([
    ['succeeded', 0],
    ['succeeded with warnings', 0],
    ['failed', 1],
    ['waiting', 4],
    ['aborted', 1],
    ['running', 70],
  ] as const)('a run that is %s exits with %i', (status, code) => {
    expect(exitCodeOf(ended(status))).toBe(code);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('a run aborted by %s exits with %i', (signal, code) => {
    expect(exitCodeOf(ended('aborted'), signal)).toBe(code);
  });

  test('a signal that came too late to abort anything does not change the exit code', () => {
    expect(exitCodeOf(ended('succeeded'), 'SIGINT')).toBe(0);
  });
});

describe('interrupted attempt', () => {
  test('an interrupted attempt names what it ran', () => {
    expect(interruptedText(['deploy'])).toBe('the last attempt was interrupted while it ran "deploy"');
    expect(interruptedText([])).toBe('the last attempt was interrupted');
    expect(interruptedText(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe(
      'the last attempt was interrupted while it ran "a", "b", "c", "d", "e" and 2 more',
    );
  });

  test('what is around another step that ran is not named', () => {
    const steps = ['all/each[1]/on_started/f', 'all/each[1]', 'all/each', 'all', 'all-else', 'other'];
    expect(innermostText(steps)).toBe('"all/each[1]/on_started/f", "all-else", "other"');
    expect(interruptedText(['tests/e2e', 'tests'])).toBe('the last attempt was interrupted while it ran "tests/e2e"');
    expect(innermostText([])).toBe('');
  });
});
