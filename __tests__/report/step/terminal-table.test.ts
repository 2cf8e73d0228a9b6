import { expect, test } from 'vitest';
import { ANSI, PLAIN } from '../../../src/report/text/paint.js';
import { CLOSING_TABLE_LIMIT, renderTable } from '../../../src/report/step/terminal-table.js';
import { textWidth } from '../../../src/report/text/text-width.js';
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
} from '../recorded-run.js';

const whole = { limit: CLOSING_TABLE_LIMIT, paths: false };
const plain = { paint: PLAIN, columns: undefined };

const mixedRun = () => {
  const run = recordRun();
  run.add(started('collect', 'Collect data'), tried('collect'), succeeded('collect', 65_000));
  run.add(groupStarted('build', 'Build'), started('build/compile', 'Compile'), tried('build/compile'));
  run.add(failed('build/compile', 'exit code 2'), failed('build', 'compile failed'));
  run.add({ type: 'step_skipped', step: 'report', name: 'Report', because: 'Build failed' });
  return run;
};

test('the table has mark, step, time, attempts and why, with nested steps indented', () => {
  expect(renderTable(mixedRun().state(), plain, whole).join('\n')).toBe(
    [
      '   step            time  attempts  why',
      '✓  Collect data  1m 05s         1',
      '✗  Build           0.3s            compile failed',
      '✗    Compile       0.3s         1  exit code 2',
      '-  Report                          Build failed',
    ].join('\n'),
  );
});

test('after a resume it says what was kept and why the others ran', () => {
  const run = mixedRun();
  run.resume();
  run.add({ type: 'step_restored', step: 'collect', because: 'it succeeded' });
  run.add(groupStarted('build', 'Build'), started('build/compile', 'Compile', 'it failed last time'));
  run.add(tried('build/compile'), succeeded('build/compile'), succeeded('build'));
  run.add(started('report', 'Report', 'Build runs again'));
  expect(renderTable(run.state(), plain, { limit: undefined, paths: true }).join('\n')).toBe(
    [
      '   step          path             time  attempts  why',
      '↻  Collect data  collect        1m 05s         1  kept from attempt 1',
      '✓  Build         build            1.2s            it has not run yet',
      '✓    Compile     build/compile    1.2s         1  it failed last time',
      '⊘  Report        report                           it never ended',
    ].join('\n'),
  );
});

test('tolerated failures say so', () => {
  const run = recordRun();
  run.add(started('lint', 'Lint'), tried('lint'));
  run.add({ type: 'step_continue_on_error', step: 'lint', status: 'failed', error: 'exit code 3', duration_ms: 5 });
  expect(renderTable(run.state(), plain, whole)[1]).toBe('!  Lint  0.0s         1  tolerated: exit code 3');
});

test('no line is wider than the terminal', () => {
  const run = recordRun();
  run.add(started('a', 'a very long name '.repeat(9)), tried('a'), failed('a', 'a very long error '.repeat(20)));
  for (const line of renderTable(run.state(), { paint: PLAIN, columns: 60 }, whole)) {
    expect(textWidth(line)).toBeLessThanOrEqual(60);
  }
});

test('names and errors cannot act on the terminal', () => {
  const run = recordRun();
  run.add(started('a', '\u001b[2Jname'), failed('a', 'bad\u001b[1A\nnews'));
  const text = renderTable(run.state(), plain, whole).join('\n');
  expect(text).not.toContain('\u001b');
  expect(text).toContain('\\x1b[2Jname');
  expect(text).toContain('bad\\x1b[1A\\nnews');
});

test('colours are only around the texts', () => {
  const coloured = renderTable(mixedRun().state(), { paint: ANSI, columns: undefined }, whole);
  expect(coloured[3]).toContain('\u001b[31m✗\u001b[39m');
  expect(coloured.map((line) => line.replaceAll(/\u001b\[\d+m/g, ''))).toEqual(
    renderTable(mixedRun().state(), plain, whole),
  );
});

const bigRun = (failures: number) => {
  const run = recordRun();
  for (let index = 0; index < 5000; index += 1) {
    const step = `s${String(index)}`;
    run.add(started(step), tried(step), index < failures ? failed(step) : succeeded(step));
  }
  return run.state();
};

test('of 5,000 steps only what needs a look is listed, with the counts and how to see all', () => {
  const lines = renderTable(bigRun(2), plain, whole);
  expect(lines).toHaveLength(4);
  expect(lines[1]).toContain('s0');
  expect(lines.at(-1)).toBe('5000 steps: 2 failed, 4998 succeeded (all of them: savepoint status)');
});

test('even failures are limited', () => {
  const lines = renderTable(bigRun(4000), plain, whole);
  expect(lines).toHaveLength(1 + CLOSING_TABLE_LIMIT + 2);
  expect(lines.at(-2)).toBe('  and 3950 more like these');
});

test('without a limit all are listed', () => {
  expect(renderTable(bigRun(0), plain, { limit: undefined, paths: false })).toHaveLength(5001);
});

test('a run without steps has no table', () => {
  expect(renderTable(recordRun().state(), plain, whole)).toEqual([]);
});

test('items, iterations, arms, retries and fallbacks stand where they belong', () => {
  const run = recordRun();
  run.add(
    ...fellBack('', 'on_started', { inner: [started('on_started/hello', 'Hello'), succeeded('on_started/hello')] }),
  );
  run.add(started('fetch', 'Fetch'), tried('fetch'), ...triedAgain('fetch', 1), ...triedAgain('fetch', 2));
  run.add(succeeded('fetch'), begun('route', 'branch', 'Route'));
  run.add({ type: 'arm_chosen', step: 'route', arm: 'else', to_run: 1 }, started('route/else/x', 'X'));
  run.add(succeeded('route/else/x'), succeeded('route'), begun('lint', 'fan-out', 'Lint'), listed('lint', ['a', 'b']));
  run.add(started('lint[0]', 'Lint (a)'), succeeded('lint[0]'), started('lint[1]', 'Lint (b)'), failed('lint[1]'));
  run.add(
    ...fellBack('lint[1]', 'on_failure', { inner: [started('lint[1]/on_failure/tell', 'Tell')], error: 'no network' }),
  );
  run.add(failed('lint', 'exit code 1'), ...fellBack('', 'finally'));
  expect(renderTable(run.state(), plain, whole)).toEqual([
    '   step            time  attempts  why',
    '✓  on_started      0.7s',
    '✓    Hello         1.2s',
    '✓  Fetch           1.2s         3  flaky: passed at attempt 3',
    '✓  Route           1.2s            takes "else"',
    '✓    X             1.2s',
    '✗  Lint            0.3s            exit code 1',
    '✓    Lint (a)      1.2s',
    '✗    Lint (b)      0.3s            exit code 1',
    '!      on_failure  0.7s            only a warning: no network',
    '⊘        Tell                      it never ended',
    '✓  finally         0.7s',
  ]);
});

test('items beyond a screenful are counted, and the row for them does not count as a step', () => {
  const run = recordRun();
  run.add(
    begun('each', 'fan-out', 'Each'),
    listed(
      'each',
      Array.from({ length: 1000 }, (_, index) => index),
    ),
  );
  for (let index = 0; index < 1000; index += 1) {
    const item = `each[${String(index)}]`;
    run.add(started(item, `Each (${String(index)})`), index === 500 ? failed(item) : succeeded(item));
  }
  run.add(failed('each', 'exit code 1'));
  expect(renderTable(run.state(), plain, whole)).toEqual([
    '   step                     time  attempts  why',
    '✗  Each                     0.3s            exit code 1',
    '✗    Each (500)             0.3s            exit code 1',
    '     … 999 items succeeded',
  ]);
  expect(renderTable(run.state(), plain, { limit: undefined, paths: false })).toHaveLength(1002);
});

test('of a long run flaky steps are listed too', () => {
  const run = recordRun();
  for (let index = 0; index < 60; index += 1) run.add(started(`s${String(index)}`), succeeded(`s${String(index)}`));
  run.add(started('fetch'), tried('fetch'), ...triedAgain('fetch', 1), succeeded('fetch'));
  expect(renderTable(run.state(), plain, { ...whole, all: 'all in the summary' })).toEqual([
    '   step   time  attempts  why',
    '✓  fetch  1.2s         2  flaky: passed at attempt 2',
    '61 steps: 61 succeeded (all in the summary)',
  ]);
});
