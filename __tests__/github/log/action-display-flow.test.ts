import { expect, test } from 'vitest';
import type { FallbackName } from '../../../src/language/model/pipeline.js';
import type { EventBody } from '../../../src/state/event.js';
import { begun, failed, listed, started, succeeded, tried, triedAgain } from '../../report/recorded-run.js';
import { planned, watchLateRun, watchRun } from '../watched-job.js';

const fallbackEnd = (step: string, fallback: FallbackName): readonly EventBody[] => [
  { type: 'fallback_finished', step, fallback, status: 'succeeded', duration_ms: 1 },
];

test('retries and choices are said, and what they add counts', () => {
  const { run, after } = watchRun();
  run.add(planned(1));
  const lines = after(() => {
    run.add(started('a', 'A'), tried('a'), ...triedAgain('a', 1, 'exit code 7'), succeeded('a'));
    run.add(begun('each', 'fan-out'), listed('each', ['x', 'y']), started('each[0]', 'Each (x)'), succeeded('each[0]'));
  });
  expect(lines).toEqual([
    '::group::[1/1] A',
    'attempt 1 of "a" failed: exit code 7; again in 2.0s',
    '::endgroup::',
    '✓ A 1.2s',
    'each: 2 items',
    '::group::[2/3] Each (x)',
    '::endgroup::',
    '✓ Each (x) 1.2s',
  ]);
});

test('a step pauses while its fallbacks run, and prints on in a group of its own', () => {
  const { run, print, after } = watchRun();
  run.add(planned(1));
  const lines = after(() => {
    run.add(started('a', 'A'), { type: 'fallback_started', step: 'a', fallback: 'on_started', to_run: 1 });
    run.add(started('a/on_started/p', 'P'));
    print('a/on_started/p', 'preparing\n');
    run.add(succeeded('a/on_started/p'), ...fallbackEnd('a', 'on_started'), tried('a'));
    print('a', 'working\n');
    run.add(failed('a'), { type: 'fallback_started', step: 'a', fallback: 'on_failure', to_run: 0 });
    run.add(...fallbackEnd('a', 'on_failure'));
  });
  expect(lines).toEqual([
    '::group::[1/1] A',
    '::endgroup::',
    'on_started of a…',
    '::group::[2/2] P',
    'preparing',
    '::endgroup::',
    '✓ P 1.2s',
    '::group::[1/1] A',
    'working',
    '::endgroup::',
    '✗ A failed after 0.3s: exit code 1',
    '  | working',
    'on_failure of a…',
  ]);
});

test('an attempt that was interrupted is said at once, and remembered with what came of it', () => {
  const { display, run, after } = watchLateRun();
  expect(display.interrupted()).toBeUndefined();
  const lines = after(() => {
    run({ type: 'late_abortion', steps: ['deploy'] });
    run({ type: 'fallback_started', step: 'deploy', fallback: 'on_abortion', to_run: 1 });
  });
  expect(lines).toEqual(['the last attempt was interrupted while it ran "deploy"', 'on_abortion of deploy…']);
  expect(display.interrupted()).toEqual({ steps: ['deploy'], hasCleanup: true });
});
