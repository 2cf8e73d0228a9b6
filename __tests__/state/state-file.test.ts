import { describe, expect, test } from 'vitest';
import type { EventBody } from '../../src/state/event.js';
import type { RunState } from '../../src/state/run-state.js';
import { isCompleted, marksOf, renderStateFile } from '../../src/state/state-file.js';
import { begin, recordAfter, stateAfter, succeed } from './told-run.js';

const RESUMED: EventBody = { type: 'run_resumed', inputs: {} };
const fail = (step: string): EventBody => ({
  type: 'step_failed',
  step,
  status: 'failed',
  error: 'exit code 3',
  duration_ms: 20,
  exit_code: 3,
});
const tolerate = (step: string): EventBody =>
  ({ ...fail(step), type: 'step_continue_on_error', status: 'timed_out' }) as EventBody;
const skip = (step: string): EventBody => ({ type: 'step_skipped', step, name: step, because: 'no' });

const rendered = (state: RunState): Record<string, unknown> =>
  JSON.parse(renderStateFile(state)) as Record<string, unknown>;

describe('the state file', () => {
  test('says what the journal adds up to', () => {
    const started = { ...begin('g', { kind: 'group' }), at: 0 };
    const state = stateAfter(
      started,
      begin('g/a'),
      { type: 'attempt_started', step: 'g/a', try: 1, pid: 1, process_start: '1' },
      succeed('g/a', { outputs: { v: 1 }, withheld: ['t'], exports: { env: { A: '1' }, path: ['/a'] } }),
      begin('g/b'),
    );
    expect(rendered(state)).toEqual({
      version: 1,
      run_id: 'r1',
      pipeline: 'release',
      file: 'savepoint.yml',
      status: 'running',
      attempt: 1,
      started_at: '1970-01-01T00:00:01.000Z',
      updated_at: '1970-01-01T00:00:06.000Z',
      current_step: 'g/b',
      running_steps: ['g', 'g/b'],
      completed_steps: ['g/a'],
      results: [
        {
          step: 'g/a',
          success: true,
          duration: 1.5,
          error: null,
          attempt: 1,
          status: 'succeeded',
          exit_code: 0,
          marks: [],
        },
      ],
      steps: {
        g: {
          name: 'Step g',
          status: 'running',
          attempt: 1,
          tries: 0,
          because: 'it has not run yet',
          started_at: '1970-01-01T00:00:00.000Z',
        },
        'g/a': {
          name: 'Step g/a',
          status: 'succeeded',
          attempt: 1,
          tries: 1,
          because: 'it has not run yet',
          started_at: '1970-01-01T00:00:03.000Z',
          outputs: { v: 1 },
          withheld: ['t'],
        },
        'g/b': {
          name: 'Step g/b',
          status: 'running',
          attempt: 1,
          tries: 0,
          because: 'it has not run yet',
          started_at: '1970-01-01T00:00:06.000Z',
        },
      },
      fallbacks: {},
      inputs: { a: 1 },
      outputs: {},
      env: { A: '1' },
      path: ['/a'],
      warnings: [],
      commit: null,
    });
  });

  test('is readable text that ends with a line end', () => {
    const text = renderStateFile(stateAfter());
    expect(text).toMatch(/^\{\n {2}"version": 1,\n/);
    expect(text.endsWith('}\n')).toBe(true);
  });

  test('holds one result for each step, its latest', () => {
    const state = stateAfter(begin('a'), fail('a'), begin('b'), succeed('b'), RESUMED, begin('a'), succeed('a'));
    expect(rendered(state)['results']).toMatchObject([
      { step: 'a', success: true, error: null, attempt: 2, exit_code: 0 },
      { step: 'b', success: true, attempt: 1 },
    ]);
  });

  test('holds the error of each failure, and which failures are tolerated', () => {
    const state = stateAfter(begin('a'), fail('a'), begin('b'), tolerate('b'));
    const file = rendered(state);
    expect(file['completed_steps']).toEqual(['b']);
    expect(file['results']).toMatchObject([
      { step: 'a', success: false, duration: 0.02, error: 'exit code 3', status: 'failed', exit_code: 3, marks: [] },
      { step: 'b', success: true, error: 'exit code 3', status: 'timed_out', marks: ['tolerated'] },
    ]);
  });

  test('has neither result nor completion for a step that was skipped or is running', () => {
    const file = rendered(stateAfter(skip('a'), begin('b')));
    expect(file).toMatchObject({ completed_steps: [], results: [], running_steps: ['b'], current_step: 'b' });
    expect(Object.keys(file['steps'] as object)).toEqual(['a', 'b']);
  });

  test('says that nothing runs once nothing does', () => {
    const file = rendered(stateAfter(begin('a'), succeed('a')));
    expect(file).toMatchObject({ current_step: null, running_steps: [] });
  });

  test('does not say that a step runs which an earlier attempt left behind', () => {
    const file = rendered(stateAfter(begin('a'), begin('b'), RESUMED, begin('b')));
    expect(file).toMatchObject({ current_step: 'b', running_steps: ['b'] });
  });

  test('adds up what steps exported; the later wins', () => {
    const exporting = (step: string, V: string): readonly EventBody[] => [
      begin(step),
      succeed(step, { exports: { env: { V, [step]: '1' }, path: [`/${step}`] } }),
    ];
    const file = rendered(stateAfter(...exporting('a', 'one'), ...exporting('b', 'two')));
    expect(file).toMatchObject({ env: { V: 'two', a: '1', b: '1' }, path: ['/a', '/b'] });
  });

  test('holds how a run ended', () => {
    const failed: EventBody = { type: 'run_failed', failed_step: 'a', error: 'e', warnings: ['w'] };
    expect(rendered(stateAfter(failed))).toMatchObject({ status: 'failed', warnings: ['w'], outputs: {} });
    const finished: EventBody = { type: 'run_succeeded', warnings: [], outputs: { v: [1] } };
    expect(rendered(stateAfter(finished))).toMatchObject({ status: 'succeeded', outputs: { v: [1] } });
  });

  test('holds the choices of containers, why a step ended early, and the warnings of its checks', () => {
    const by: EventBody = { type: 'step_aborted', step: 'c', by: 'earlier-failure', error: 'e', duration_ms: 1 };
    const file = rendered(
      stateAfter(
        begin('route', { kind: 'branch' }),
        { type: 'arm_chosen', step: 'route', arm: 'else', to_run: 1 },
        begin('fix', { kind: 'loop' }),
        { type: 'loop_decided', step: 'fix', iteration: 0, goes_on: true, to_run: 1 },
        begin('each', { kind: 'fan-out' }),
        { type: 'items_listed', step: 'each', items: ['x', 'y'], to_run: 2 },
        begin('c'),
        by,
        begin('d'),
        succeed('d', { warnings: ['too small'] }),
      ),
    );
    expect(file['steps']).toMatchObject({
      route: { arm: 'else' },
      fix: { iterations: 1 },
      each: { items: 2 },
      c: { aborted_by: 'earlier-failure' },
      d: { warnings: ['too small'] },
    });
  });

  test('has the fallbacks, whose exports stay in them', () => {
    const inner = 'a/on_failure/n';
    const file = rendered(
      stateAfter(
        begin('a'),
        fail('a'),
        { type: 'fallback_started', step: 'a', fallback: 'on_failure', to_run: 1 },
        begin(inner),
        succeed(inner, { exports: { env: { V: '1' }, path: ['/x'] } }),
        {
          type: 'fallback_finished',
          step: 'a',
          fallback: 'on_failure',
          status: 'failed',
          duration_ms: 500,
          error: 'e',
        },
        { type: 'fallback_started', step: '', fallback: 'finally', to_run: 0 },
      ),
    );
    expect(file['fallbacks']).toEqual({
      'a/on_failure': {
        status: 'failed',
        attempt: 1,
        started_at: '1970-01-01T00:00:04.000Z',
        duration: 0.5,
        error: 'e',
      },
      finally: { status: 'running', attempt: 1, started_at: '1970-01-01T00:00:08.000Z', duration: 0, error: null },
    });
    expect(file).toMatchObject({ env: {}, path: [] });
  });

  test('keeps steps with names that JavaScript has a meaning for', () => {
    const file = rendered(stateAfter(begin('__proto__'), succeed('__proto__'), begin('constructor')));
    expect(Object.keys(file['steps'] as object)).toEqual(['__proto__', 'constructor']);
  });
});

test.each<[string, readonly EventBody[], boolean]>([
  ['succeeded', [begin('a'), succeed('a')], true],
  ['failed and was tolerated', [begin('a'), tolerate('a')], true],
  ['failed', [begin('a'), fail('a')], false],
  ['is running', [begin('a')], false],
  ['was skipped', [skip('a')], false],
])('a step that %s is completed: %#', (_, bodies, expected) => {
  expect(isCompleted(recordAfter('a', ...bodies))).toBe(expected);
});

test('marks say what a status does not', () => {
  const restored: EventBody = { type: 'step_restored', step: 'a', because: 'b' };
  expect(marksOf(recordAfter('a', begin('a'), succeed('a')))).toEqual([]);
  expect(marksOf(recordAfter('a', begin('a'), tolerate('a'), RESUMED, restored))).toEqual(['tolerated', 'restored']);
});

test('a step that succeeded at a later attempt is marked as flaky', () => {
  const tried = (attempt: number): EventBody => ({
    ...{ type: 'attempt_started', step: 'a', try: attempt, pid: 1, process_start: '1' },
  });
  expect(marksOf(recordAfter('a', begin('a'), tried(1), tried(2), succeed('a')))).toEqual(['flaky']);
  expect(marksOf(recordAfter('a', begin('a'), tried(1), tried(2), fail('a')))).toEqual([]);
});
