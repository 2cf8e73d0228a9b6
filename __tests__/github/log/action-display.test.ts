import { describe, expect, test } from 'vitest';
import type { EventBody } from '../../../src/state/event.js';
import { goldens } from '../../language/goldens.js';
import { failed, groupStarted, started, succeeded, tried } from '../../report/recorded-run.js';
import { planned, watchRun } from '../watched-job.js';

type Watched = ReturnType<typeof watchRun>;

const failOnce = ({ display, run, print, finish }: Watched): void => {
  run.add(planned(4), started('build', 'Build'), tried('build'));
  print('build', 'compiling\n');
  run.add(succeeded('build', 61_000), started('lint', 'Lint'), tried('lint'));
  print('lint', '::set-output name=outcome::mine\n');
  display.annotation('lint', { kind: 'warning', message: 'long line', properties: { file: 'src/a.ts', line: '3' } });
  run.add(succeeded('lint'), started('test', 'Test'), tried('test'));
  print('test', '12 passed\n1 failed');
  display.annotation('test', { kind: 'error', message: 'not equal', properties: { file: 'src/b.ts', line: '7' } });
  display.warning('"KEY" holds a secret and is not stored', 'test');
  run.add(failed('test'), { type: 'step_skipped', step: 'ship', name: 'Ship', because: '"test" did not succeed' });
  run.add({ type: 'run_failed', failed_step: 'test', error: 'exit code 1', warnings: [] });
  finish({ status: 'saved' });
};

const passOnResume = ({ run, print, finish }: Watched): void => {
  run.resume();
  run.add(planned(2, 2));
  run.add({ type: 'step_restored', step: 'build', because: 'finished in attempt 1' });
  run.add({ type: 'step_restored', step: 'lint', because: 'finished in attempt 1' });
  run.add(started('test', 'Test', 'it failed last time'), tried('test'));
  print('test', '13 passed\n');
  run.add(succeeded('test'), started('ship', 'Ship', 'it was skipped last time'), tried('ship'), succeeded('ship'));
  run.add({ type: 'run_succeeded', warnings: [], outputs: {} });
  finish();
};

describe('the whole log', () => {
  const logs: Readonly<Record<string, () => string>> = {
    'failed-run': () => {
      const watched = watchRun();
      failOnce(watched);
      return watched.text();
    },
    'resumed-run': () => {
      const watched = watchRun();
      failOnce(watched);
      return watched.after(() => passOnResume(watched)).join('\n');
    },
  };

  test.each(goldens('action').map((golden) => ({ name: golden.name, golden })))(
    'is that of $name',
    ({ name, golden }) => {
      golden.check(logs[name]?.() ?? 'no such log', (actual, expected) => expect(actual).toBe(expected));
    },
  );
});

test('concurrent steps have whole lines, each with the name of its step, and no groups', () => {
  const { run, print, after } = watchRun();
  run.add(planned(3));
  const lines = after(() => {
    run.add(started('a', 'Step A'));
    print('a', 'alone ');
    run.add(started('b', 'Step B'));
    print('a', 'both\nhal');
    print('b', 'x ##[set-output name=a]b\n');
    print('a', 'f\n');
    run.add(succeeded('a'), failed('b'), started('c', 'Step C'), succeeded('c'));
  });
  expect(lines).toEqual([
    '::group::[1/3] Step A',
    'alone ',
    '::endgroup::',
    '[2/3] Step B…',
    'a | both',
    '::stop-commands::tok',
    'b | x ##[set-output name=a]b',
    '::tok::',
    'a | half',
    '✓ Step A 1.2s',
    '✗ Step B failed after 0.3s: exit code 1',
    '::group::[3/3] Step C',
    '::endgroup::',
    '✓ Step C 1.2s',
  ]);
});

test('containers are said only when they fail', () => {
  const { run, after } = watchRun();
  run.add(planned(2));
  const lines = after(() => {
    run.add(groupStarted('g', 'G'), started('g/a', 'A'), succeeded('g/a'), failed('g', 'B failed'));
  });
  expect(lines).toEqual(['::group::[1/2] A', '::endgroup::', '✓ A 1.2s', '✗ G failed after 0.3s: B failed']);
});

describe('a failed step', () => {
  test('shows its last lines outside the group, as a reader would see them', () => {
    const { run, print, after } = watchRun();
    run.add(planned(1), started('a', 'A'));
    print('a', Array.from({ length: 100 }, (_, index) => `line ${String(index)}\n`).join(''));
    print('a', '\u001b[31m10%\r100%\u001b[0m\n');
    const lines = after(() => run.add(failed('a')));
    expect(lines.slice(0, 3)).toEqual(['::endgroup::', '✗ A failed after 0.3s: exit code 1', '  | line 81']);
    expect(lines.at(-1)).toBe('  | 100%');
    expect(lines).toHaveLength(22);
  });

  test('cannot command our step by them', () => {
    const { run, print, after } = watchRun();
    run.add(planned(1), started('a', 'A'));
    print('a', '##[save-state name=a]b\n');
    const lines = after(() => run.add(failed('a')));
    expect(lines.slice(2)).toEqual(['::stop-commands::tok', '  | ##[save-state name=a]b', '::tok::']);
  });
});

describe('kept steps', () => {
  const resumeWith = (count: number): readonly string[] => {
    const { run, after } = watchRun();
    const steps = Array.from({ length: count }, (_, index) => `s${String(index)}`);
    run.add(planned(count), ...steps.flatMap((step) => [started(step), succeeded(step)]));
    run.resume();
    run.add(planned(1, count));
    return after(() => {
      run.add(...steps.map((step): EventBody => ({ type: 'step_restored', step, because: 'it succeeded' })));
      run.add(started('last', 'Last', 'it never ran'));
    });
  };

  test('up to ten are one line each', () => {
    expect(resumeWith(10).slice(9)).toEqual(['↻ s9 kept: it succeeded', '::group::[11/11] Last (it never ran)']);
  });

  test('more are one line', () => {
    expect(resumeWith(11)).toEqual(['↻ 11 steps kept from attempt 1', '::group::[12/12] Last (it never ran)']);
  });
});

test('debug messages pass through, other annotations wait for the end', () => {
  const { display, run, after } = watchRun();
  run.add(planned(1), started('a', 'A'));
  const lines = after(() => {
    display.annotation('a', { kind: 'debug', message: '50%', properties: {} });
    display.annotation('a', { kind: 'group', message: 'Install', properties: {} });
    display.annotation('a', { kind: 'notice', message: 'new', properties: { title: 'News' } });
    display.annotation('a', { kind: 'endgroup', message: '', properties: {} });
  });
  expect(lines).toEqual(['::debug::50%25', '▸ Install', 'notice: News: new']);
});

test('a secret is passed to the runner before anything else is printed', () => {
  const { display, run, print, after } = watchRun();
  run.add(planned(1), started('a', 'A'));
  const lines = after(() => {
    print('a', 'half');
    display.secret('50%\nx');
    display.secret('x');
    print('a', '\n');
  });
  expect(lines).toEqual(['half', '::add-mask::50%25%0Ax', '::add-mask::50%25', '::add-mask::x', '']);
});

test('a run that was stopped in the middle is closed, with all that was held', () => {
  const { run, print, after, finish } = watchRun();
  run.add(planned(2), started('a', 'A'));
  print('a', 'wait ##[set-');
  const lines = after(() => {
    run.add({ type: 'run_aborted', by: 'signal', warnings: [] });
    finish({ status: 'failed', detail: 'the cache service did not answer' });
  });
  expect(lines).toContain('::endgroup::');
  expect(lines[0]).toBe('wait ##[set-');
  expect(lines.at(-2)).toMatch(/^::error::release was aborted after \d/);
  expect(lines.at(-1)).toBe('"Re-run failed jobs" starts from the beginning: no step had finished.');
});

test('warnings are remembered, and their annotations come after the verdict', () => {
  const { display, run, after, finish } = watchRun();
  display.warning('first');
  run.add({ type: 'run_failed', failed_step: '', error: 'x', warnings: ['"a" failed and was tolerated'] });
  const lines = after(finish).filter((line) => line.startsWith('::'));
  expect(lines).toEqual([
    '::error::release failed after 1.0s: x',
    '::warning::first',
    '::warning::"a" failed and was tolerated',
  ]);
  expect(display.warnings()).toEqual(['first']);
});

test('a warning about a step names it, but not twice', () => {
  const { display } = watchRun();
  display.warning('the log is not complete', 'a');
  display.warning('the log of "a" is not complete', 'a');
  expect(display.warnings()).toEqual(['a: the log is not complete', 'the log of "a" is not complete']);
});

test('a refusal says what is wrong, at its place', () => {
  const { display, after } = watchRun();
  const place = { kind: 'error', message: 'unknown key', properties: { file: 'a.yml', line: '3' } } as const;
  expect(after(() => display.refuse('2 mistakes', ['a.yml:3 unknown key'], [place]))).toEqual([
    'a.yml:3 unknown key',
    '::error::2 mistakes',
    '::error file=a.yml,line=3::unknown key',
  ]);
});

test('a name cannot command anything', () => {
  const { display, run, after } = watchRun();
  run.add(planned(1));
  const lines = after(() => {
    run.add(started('a', 'A\n::set-output name=a::b'));
    display.note('note\n::set-env name=a::b');
  });
  expect(lines).toEqual(['::group::[1/1] A\\n::set-output name=a::b', 'note\\n::set-env name=a::b']);
});

test('what is warned of where no run is shown becomes an annotation when asked for', () => {
  const { display, after } = watchRun();
  display.warning('not saved');
  expect(after(display.issueHeld)).toEqual(['::warning::not saved']);
  expect(after(display.issueHeld)).toEqual([]);
});

test('the time of this attempt is counted from its own start', () => {
  const { display, run } = watchRun();
  run.add(started('a'), failed('a'));
  run.resume();
  expect(display.elapsedMs(run.add(started('a')))).toBe(1000);
});
