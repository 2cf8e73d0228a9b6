import { describe, expect, test } from 'vitest';
import { renderJobSummary, type JobSummary } from '../../src/report/job-summary.js';
import { sizeOf } from '../../src/report/text/markdown.js';
import type { EventBody } from '../../src/state/event.js';
import type { RunState } from '../../src/state/run-state.js';
import { goldens } from '../language/goldens.js';
import {
  begun,
  failed,
  fellBack,
  groupStarted,
  listed,
  recordRun,
  started,
  succeeded,
  tried,
  triedAgain,
} from './recorded-run.js';

const MIB = 1024 * 1024;

const summaryOf = (state: RunState, more: Partial<JobSummary> = {}): string =>
  renderJobSummary({
    state,
    elapsedMs: 12_300,
    nothingToDo: false,
    checkpoint: { status: 'saved' },
    lastLines: '',
    warnings: [],
    stepSummaries: [],
    limitBytes: MIB,
    ...more,
  });

const FAILED: EventBody = { type: 'run_failed', failed_step: 'test', error: 'exit code 1', warnings: [] };

const resumedRun = (): RunState => {
  const run = recordRun();
  run.add(groupStarted('build', 'Build | all'), started('build/app', 'App <b>'), tried('build/app'));
  run.add(succeeded('build/app', 61_000), succeeded('build', 61_500), started('test', 'Test'), failed('test'), FAILED);
  run.resume();
  run.add({ type: 'step_restored', step: 'build', because: 'x' });
  run.add({ type: 'step_restored', step: 'build/app', because: 'x' });
  run.add(started('test', 'Test', 'it failed last time'), tried('test'), failed('test', 'exit code 1 | `x`'));
  return run.add({ type: 'step_skipped', step: 'ship', name: 'Ship', because: '"test" did not succeed' }, FAILED);
};

const manySteps = (count: number): RunState => {
  const run = recordRun();
  const events: EventBody[] = [];
  for (let index = 0; index < count; index++) {
    events.push(started(`s${String(index)}`, `Step | ${String(index)}`), succeeded(`s${String(index)}`));
  }
  return run.add(...events, started('test'), failed('test'), FAILED);
};

/** Rows of its tables as lists of cells, as a reader of GitHub's Markdown splits them. */
const tableRows = (markdown: string): readonly (readonly string[])[] =>
  outsideFences(markdown)
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split(/(?<!\\)\|/).slice(1, -1));

/** Lines outside code blocks; fails on a block that is not closed. */
const outsideFences = (markdown: string): readonly string[] => {
  let fence: string | undefined;
  const outside: string[] = [];
  for (const line of markdown.split('\n')) {
    const run = /^`{3,}/.exec(line)?.[0];
    if (fence === undefined && run === undefined) outside.push(line);
    else if (fence === undefined) fence = run;
    else if (line === fence) fence = undefined;
  }
  expect(fence).toBeUndefined();
  return outside;
};

const wellFormed = (markdown: string): void => {
  expect(new Set(tableRows(markdown).map((row) => row.length)).size).toBeLessThanOrEqual(1);
  expect(markdown).not.toContain('\ufffd');
};

test.each(goldens('job-summary').map((golden) => ({ name: golden.name, golden })))('$name', ({ golden }) => {
  const markdown = summaryOf(resumedRun(), {
    lastLines: '12 passed\n\u001b[31m1 failed\u001b[0m\n```\n<script>alert(1)</script>\n',
    warnings: ['"KEY" holds a secret and is not stored'],
    stepSummaries: [
      { step: 'build/app', markdown: '| size |\n| --- |\n| 3 MB |\n' },
      { step: 'test', markdown: '```diff\n- 1\n+ 2' },
    ],
  });
  golden.check(markdown.trimEnd(), (actual, expected) => expect(actual).toBe(expected));
});

test('it is well-formed whatever names and output hold', () => {
  const run = recordRun();
  const nasty = 'a|b`c`\n\n<details>\n```\n# x \\| \u001b[31m \u202e';
  run.add(started('test', nasty), failed('test', nasty), { ...FAILED, error: nasty });
  const markdown = summaryOf(run.state(), {
    lastLines: `${nasty}\n\`\`\`\`\`\nrest`,
    warnings: [nasty],
    checkpoint: { status: 'failed', detail: nasty },
  });
  wellFormed(markdown);
  expect(outsideFences(markdown).join('\n')).not.toContain('<details>');
  expect(tableRows(markdown)).toHaveLength(3);
});

test('a success without anything to say is short', () => {
  const run = recordRun();
  run.add(started('a', 'A'), succeeded('a'), { type: 'run_succeeded', warnings: [], outputs: {} });
  expect(summaryOf(run.state(), { checkpoint: { status: 'none' } })).toBe(
    [
      '## ✓ release succeeded in 12.3s',
      '',
      '1 step: 1 succeeded',
      '',
      '|  | Step | Time | Attempts | Why |',
      '| --- | --- | ---: | ---: | --- |',
      '| ✓ | A | 1.2s |  |  |',
      '',
    ].join('\n'),
  );
});

describe('too big a summary', () => {
  const own = [
    { step: 's0', markdown: 'x'.repeat(600_000) },
    { step: 's1', markdown: 'small' },
    { step: 's2', markdown: 'y'.repeat(600_000) },
  ];

  test('first loses whole summaries of steps', () => {
    const markdown = summaryOf(manySteps(10), { stepSummaries: own });
    expect(sizeOf(markdown)).toBeLessThanOrEqual(MIB);
    expect(tableRows(markdown)).toHaveLength(13);
    expect(markdown).toContain('x'.repeat(600_000));
    expect(markdown).toContain('\nsmall\n');
    expect(markdown).toMatch(/\nThere was no room for the summary of 1 step\.\n$/);
  });

  test('then rows in the middle of the table', () => {
    const markdown = summaryOf(manySteps(10_000), { stepSummaries: own, limitBytes: 100_000, lastLines: 'why' });
    expect(sizeOf(markdown)).toBeLessThanOrEqual(100_000);
    const rows = tableRows(markdown);
    const more = rows.find((row) => row[1]?.includes('more'))?.[1] ?? '';
    expect(Number(/\d+/.exec(more)?.[0])).toBe(10_001 - (rows.length - 3));
    expect(rows.at(-1)?.[1]).toBe(' test ');
    expect(markdown).toContain('```text\nwhy\n```');
    wellFormed(markdown);
  });

  test('never exceeds its limit, whatever the limit', () => {
    const state = manySteps(60);
    const warnings = Array.from({ length: 60 }, (_, index) => `warning 日本 ${String(index)}`);
    const lastLines = Array.from({ length: 60 }, (_, index) => `ligne é ${String(index)}`).join('\n');
    const stepSummaries = [{ step: 's0', markdown: 'own\n'.repeat(300) }];
    for (let limitBytes = 0; limitBytes < 12_000; limitBytes += 97) {
      const markdown = summaryOf(state, { warnings, lastLines, stepSummaries, limitBytes });
      expect(sizeOf(markdown)).toBeLessThanOrEqual(limitBytes);
      wellFormed(markdown);
    }
  });
});

test('more warnings than anybody reads are counted', () => {
  const warnings = Array.from({ length: 60 }, (_, index) => `w${String(index)}`);
  const markdown = summaryOf(resumedRun(), { warnings });
  expect(markdown).toContain('### 60 warnings\n\n- w0\n');
  expect(markdown).toContain('- w49\n- and 10 more in the log\n');
});

test('an attempt that was interrupted comes first, after the verdict', () => {
  const markdown = summaryOf(resumedRun(), { interrupted: { steps: ['deploy'], hasCleanup: true }, lastLines: 'why' });
  expect(markdown.split('\n')[2]).toBe('The last attempt was interrupted while it ran "deploy"; its cleanup ran now.');
});

test('fallbacks are rows, and flaky steps are marked and named', () => {
  const run = recordRun();
  run.add(started('fetch', 'Fetch'), tried('fetch'), ...triedAgain('fetch', 1), succeeded('fetch'));
  run.add(started('test', 'Test'), failed('test'), ...fellBack('test', 'on_failure', { error: 'no network' }), FAILED);
  const markdown = summaryOf(run.state());
  expect(markdown).toContain('\n- Flaky: fetch (2 attempts).\n');
  expect(markdown).toContain('| ✓ | Fetch | 1.2s | 2 | flaky: passed at attempt 2 |\n');
  expect(markdown).toContain('| ! | &emsp;on\\_failure | 0.7s |  | only a warning: no network |\n');
});

test('of 1,000 items the failed ones have rows, and the summary stays short', () => {
  const run = recordRun();
  run.add(
    begun('test', 'fan-out', 'Test'),
    listed(
      'test',
      Array.from({ length: 1000 }, (_, index) => index),
    ),
  );
  for (let index = 0; index < 1000; index++) {
    const item = `test[${String(index)}]`;
    run.add(started(item, `Test (${String(index)})`), index === 7 ? failed(item) : succeeded(item));
  }
  const markdown = summaryOf(run.add(failed('test'), FAILED));
  expect(tableRows(markdown).map((row) => row[1]?.trim())).toEqual([
    'Step',
    '---',
    'Test',
    '&emsp;Test (7)',
    '&emsp;… 999 items succeeded',
  ]);
  expect(sizeOf(markdown)).toBeLessThan(2000);
});

test('a loop at its cap says what to do', () => {
  const error = 'reached max_iterations (3) with its condition still true: x';
  const run = recordRun();
  run.add(begun('fix', 'loop'), failed('fix', error), { ...FAILED, failed_step: 'fix' });
  expect(summaryOf(run.state())).toContain('\n- Raise max\\_iterations of "fix", or find out why');
});
