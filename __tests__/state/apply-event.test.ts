import { describe, expect, test } from 'vitest';
import { applyEvent, foldEvents } from '../../src/state/apply-event.js';
import type { EventBody } from '../../src/state/event.js';
import type { StepRecord } from '../../src/state/run-state.js';
import { begin, FINGERPRINT, recordAfter, stamp, STARTED, stateAfter, succeed } from './told-run.js';

const RESUMED: EventBody = { type: 'run_resumed', inputs: { a: 2 }, commit: 'def' };
const FAILURE = { error: 'exit code 3', duration_ms: 20, exit_code: 3 } as const;

describe('a run', () => {
  test('is nothing before it started', () => {
    expect(foldEvents([])).toBeUndefined();
  });

  test('starts with what its first event says', () => {
    const state = foldEvents(stamp([{ ...STARTED, commit: 'abc' } as EventBody]));
    expect(state).toEqual({
      runId: 'r1',
      pipeline: 'release',
      file: 'savepoint.yml',
      startedAt: 1000,
      status: 'running',
      isCleanedUpLate: false,
      partial: false,
      attempt: 1,
      updatedAt: 1000,
      seq: 1,
      inputs: { a: 1 },
      commit: 'abc',
      outputs: {},
      warnings: [],
      failedStep: undefined,
      steps: new Map(),
      fallbacks: new Map(),
    });
  });

  test('that begins with anything else is a bug of ours', () => {
    expect(() => foldEvents(stamp([begin('a')]))).toThrow('a journal begins with run_started');
  });

  test('continues with a step that never started only through a bug of ours', () => {
    expect(() => stateAfter(succeed('a'))).toThrow('"a" has started before it continues');
  });

  test('counts every event, also ones that change nothing else', () => {
    const state = stateAfter({ type: 'plan_made', to_run: 3, to_restore: 1 });
    expect(state).toMatchObject({ seq: 2, updatedAt: 2000, startedAt: 1000, status: 'running' });
  });

  test.each<[string, EventBody, object]>([
    [
      'succeeded',
      { type: 'run_succeeded', warnings: [], outputs: { v: 1 } },
      { status: 'succeeded', outputs: { v: 1 } },
    ],
    [
      'succeeded with warnings',
      { type: 'run_succeeded', warnings: ['lint'], outputs: {} },
      { status: 'succeeded with warnings', warnings: ['lint'] },
    ],
    [
      'failed',
      { type: 'run_failed', failed_step: 'g/x', error: 'e', warnings: ['w'] },
      { status: 'failed', failedStep: 'g/x', warnings: ['w'] },
    ],
    ['aborted', { type: 'run_aborted', by: 'signal', warnings: ['w'] }, { status: 'aborted', warnings: ['w'] }],
  ])('ends as %s', (_, body, expected) => {
    expect(stateAfter(body)).toMatchObject(expected);
  });

  test('continues as the same run with a new attempt, without what the last one ended with', () => {
    const failed: EventBody = { type: 'run_failed', failed_step: 'a', error: 'e', warnings: ['w'] };
    const finished: EventBody = { type: 'run_succeeded', warnings: [], outputs: { v: 1 } };
    const state = stateAfter(begin('a'), succeed('a'), finished, RESUMED, failed, RESUMED);
    expect(state).toMatchObject({
      runId: 'r1',
      startedAt: 1000,
      status: 'running',
      attempt: 3,
      inputs: { a: 2 },
      commit: 'def',
      warnings: [],
      failedStep: undefined,
      seq: 7,
    });
    expect(state.outputs).toEqual({});
    expect(state.steps.get('a')?.status).toBe('succeeded');
  });

  test('is changed in place, so that long runs stay linear', () => {
    const [first, second] = stamp([STARTED, begin('a')]);
    const state = first && applyEvent(undefined, first);
    expect(second && applyEvent(state, second)).toBe(state);
  });

  test('mentions steps in the order in which they were first met', () => {
    const state = stateAfter(begin('b'), begin('a'), succeed('a'), succeed('b'), RESUMED, begin('a'), begin('c'));
    expect([...state.steps.keys()]).toEqual(['b', 'a', 'c']);
  });
});

describe('a step', () => {
  test('that started is running, with why and what it is', () => {
    expect(recordAfter('g', begin('g', { kind: 'group', because: 'a fresh run' }))).toEqual({
      path: 'g',
      kind: 'group',
      name: 'Step g',
      status: 'running',
      runAttempt: 1,
      tries: 0,
      because: 'a fresh run',
      startedAt: 2000,
      durationMs: 0,
      since: 2,
      fingerprint: FINGERPRINT,
      tolerated: false,
      restored: false,
      outputs: {},
      withheld: [],
      warnings: [],
      unfinishedSince: undefined,
    });
  });

  test('remembers the process group of its latest attempt, for ending orphans', () => {
    const tried: EventBody = { type: 'attempt_started', step: 'a', try: 1, pid: 7, process_start: '70' };
    const record = recordAfter('a', begin('a'), tried, { ...tried, try: 2, pid: 8, process_start: '80' });
    expect(record).toMatchObject({ status: 'running', tries: 2, group: { pid: 8, processStart: '80' } });
  });

  test('continues after an attempt that failed', () => {
    const failed: EventBody = {
      type: 'attempt_failed',
      step: 'a',
      try: 1,
      status: 'failed',
      error: 'exit code 1',
      exit_code: 1,
    };
    expect(recordAfter('a', begin('a'), failed)).toMatchObject({ status: 'running', error: 'exit code 1' });
  });

  test('keeps all it left behind', () => {
    const left = {
      outputs: { v: 1 },
      withheld: ['token'],
      exports: { env: { A: '1' }, path: ['/a'], withheld: ['T'] },
      stdout: 'out',
      stderr: 'err',
    };
    expect(recordAfter('a', begin('a'), succeed('a', left))).toMatchObject({
      status: 'succeeded',
      durationMs: 1500,
      exitCode: 0,
      ...left,
    });
    const bare = recordAfter('a', begin('a'), { type: 'step_succeeded', step: 'a', duration_ms: 1 });
    expect(Object.keys(bare)).not.toContain('exitCode');
    expect(Object.keys(bare)).not.toContain('exports');
  });

  test.each<[string, EventBody, Partial<StepRecord>]>([
    ['step_failed', { type: 'step_failed', step: 'a', status: 'failed', ...FAILURE }, { status: 'failed' }],
    ['step_failed, errored', { type: 'step_failed', step: 'a', status: 'errored', ...FAILURE }, { status: 'errored' }],
    ['step_timed_out', { type: 'step_timed_out', step: 'a', ...FAILURE }, { status: 'timed_out' }],
    ['step_aborted', { type: 'step_aborted', step: 'a', by: 'signal', ...FAILURE }, { status: 'aborted' }],
    [
      'step_continue_on_error',
      { type: 'step_continue_on_error', step: 'a', status: 'timed_out', ...FAILURE },
      { status: 'timed_out', tolerated: true },
    ],
  ])('ends with %s', (_, body, expected) => {
    const record = recordAfter('a', begin('a'), body);
    expect(record).toMatchObject({ error: 'exit code 3', durationMs: 20, exitCode: 3, tolerated: false, ...expected });
  });

  test('that was restored keeps what is recorded of it', () => {
    const record = recordAfter('a', begin('a'), succeed('a'), RESUMED, {
      type: 'step_restored',
      step: 'a',
      because: 'b',
    });
    expect(record).toMatchObject({ status: 'succeeded', restored: true, runAttempt: 1, since: 2 });
  });

  test('that runs again starts from nothing', () => {
    const once = [begin('a'), succeed('a', { outputs: { v: 1 }, stdout: 'x' })];
    const record = recordAfter('a', ...once, RESUMED, { type: 'step_restored', step: 'a', because: 'b' }, begin('a'));
    expect(record).toMatchObject({ status: 'running', runAttempt: 2, since: 6, outputs: {}, restored: false });
    expect(Object.keys(record)).not.toContain('stdout');
    expect(Object.keys(record)).not.toContain('lastFinish');
  });

  test('that was skipped has no kind and counts for nothing after it', () => {
    const skipped: EventBody = { type: 'step_skipped', step: 'a', name: 'A', because: 'its condition does not hold' };
    const record = recordAfter('a', begin('a'), succeed('a'), RESUMED, skipped);
    expect(record).toEqual({
      path: 'a',
      name: 'A',
      status: 'skipped',
      runAttempt: 2,
      tries: 0,
      because: 'its condition does not hold',
      startedAt: 5000,
      durationMs: 0,
      since: 0,
      tolerated: false,
      restored: false,
      outputs: {},
      withheld: [],
      warnings: [],
      unfinishedSince: undefined,
    });
  });
});

describe('a step that had finished, and is what those after it rely on', () => {
  const once = [begin('a'), succeed('a', { outputs: { v: 'old' } }), RESUMED];
  const refreshed = begin('a', { refresh: true });
  const held: EventBody = { type: 'step_skipped', step: 'a', name: 'A', because: '"b" did not succeed', held: true };

  test.each<[string, readonly EventBody[]]>([
    ['runs only to be there again', [refreshed]],
    ['did so to the end', [refreshed, succeed('a', { outputs: { v: 'new' } })]],
    ['failed at it', [refreshed, { type: 'step_failed', step: 'a', status: 'failed', ...FAILURE }]],
    ['did so twice', [refreshed, succeed('a', { outputs: { v: 'new' } }), RESUMED, refreshed]],
    ['was held back', [held]],
    [
      'was held back after it failed at it',
      [refreshed, { type: 'step_failed', step: 'a', status: 'failed', ...FAILURE }, held],
    ],
  ])('stays that while it %s', (_, bodies) => {
    const { since, lastFinish } = recordAfter('a', ...once, ...bodies);
    expect(since).toBe(2);
    expect(lastFinish).toMatchObject({ status: 'succeeded', runAttempt: 1, outputs: { v: 'old' } });
    expect(lastFinish).not.toHaveProperty('lastFinish');
  });

  test('stays that when its failure was tolerated', () => {
    const tolerated: EventBody = { type: 'step_continue_on_error', step: 'a', status: 'failed', ...FAILURE };
    expect(recordAfter('a', begin('a'), tolerated, RESUMED, refreshed).lastFinish).toMatchObject({ status: 'failed' });
  });

  test('is no more once it runs for real, or its own condition skips it', () => {
    const skipped: EventBody = { type: 'step_skipped', step: 'a', name: 'A', because: 'no' };
    expect(recordAfter('a', ...once, refreshed, succeed('a'), RESUMED, begin('a'))).not.toHaveProperty('lastFinish');
    expect(recordAfter('a', ...once, skipped)).not.toHaveProperty('lastFinish');
  });

  test('never was where it had not finished', () => {
    expect(recordAfter('a', begin('a'), RESUMED, refreshed)).not.toHaveProperty('lastFinish');
    expect(recordAfter('a', begin('a'), RESUMED, held)).not.toHaveProperty('lastFinish');
    expect(recordAfter('a', refreshed)).toMatchObject({ since: 2 });
    expect(recordAfter('a', held)).toMatchObject({ since: 0 });
  });
});

describe('a container that had begun but not finished', () => {
  const held: EventBody = { type: 'step_skipped', step: 'b', name: 'B', because: '"a" did not succeed', held: true };
  const begun = [begin('b', { kind: 'branch' }), { type: 'arm_chosen', step: 'b', arm: 'then', to_run: 1 } as const];

  test('keeps what it chose, and what that depended on, however often it is held back', () => {
    const record = recordAfter('b', ...begun, RESUMED, held, RESUMED, held);
    expect(record).toMatchObject({ kind: 'branch', status: 'skipped', choice: { kind: 'arm', arm: 'then' } });
    expect(record.fingerprint).toEqual(FINGERPRINT);
    expect(recordAfter('b', ...begun, RESUMED, held, RESUMED, begin('b', { kind: 'branch' })).choice).toBeDefined();
  });

  test('keeps nothing once its own condition skips it', () => {
    const { held: _held, ...skipped } = held;
    const record = recordAfter('b', ...begun, RESUMED, skipped);
    for (const name of ['kind', 'choice', 'formerChoice', 'fingerprint']) expect(record).not.toHaveProperty(name);
  });
});
