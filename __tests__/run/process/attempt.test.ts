import { describe, expect, test } from 'vitest';
import { ok } from '../../../src/base/result.js';
import { createAbortScope, type AbortScope } from '../../../src/run/context/abort-scope.js';
import { describeOutcome, exitCodeOf, runAttempt, type Limits } from '../../../src/run/process/attempt.js';
import type { Outcome } from '../../../src/run/context/ending.js';
import type { Command } from '../../../src/run/context/ports.js';
import { createFakeClock, type FakeClock } from '../../rig/fake-clock.js';
import { createScriptedProcesses, type Part, type ScriptedProcess } from '../../rig/scripted-processes.js';
import { settle } from '../../rig/settle.js';

const START_MS = 1000;
const command: Command = { argv: ['make'], env: {}, cwd: '/workspace', splitStreams: false };

type Stage = {
  readonly clock: FakeClock;
  readonly scope: AbortScope;
  /** Undefined when none was started. */
  readonly process: ScriptedProcess | undefined;
  readonly startedPids: readonly number[];
  readonly output: readonly string[];
  readonly outcome: Promise<Outcome>;
};

type Setting = {
  readonly timeoutMs?: number;
  readonly idleTimeoutMs?: number;
  readonly killGraceMs?: number;
  readonly scope?: AbortScope;
  readonly part?: Part;
};

const limitsOf = ({ timeoutMs, idleTimeoutMs, killGraceMs = 10_000 }: Setting): Limits => ({
  deadline: timeoutMs === undefined ? undefined : { atMs: START_MS + timeoutMs, timeoutMs },
  idleTimeoutMs,
  killGraceMs,
});

const start = (setting: Setting = {}): Stage => {
  const { scope = createAbortScope() } = setting;
  const clock = createFakeClock(START_MS);
  const processes = createScriptedProcesses(clock, setting.part);
  const startedPids: number[] = [];
  const output: string[] = [];
  const outcome = runAttempt(
    {
      command,
      limits: limitsOf(setting),
      scope,
      onStart: ({ pid }) => void startedPids.push(pid),
      onOutput: (stream, chunk) => void output.push(`${stream}: ${chunk.toString()}`),
    },
    { processes, clock },
  );
  return { clock, scope, process: processes.started[0], startedPids, output, outcome };
};

/** A process that ends only when it is killed. */
const stubborn: Part = (process) => {
  process.ignoreTerm();
  return undefined;
};

describe('a process', () => {
  test.each<[number, Outcome]>([
    [0, { kind: 'succeeded' }],
    [1, { kind: 'failed', exitCode: 1 }],
    [255, { kind: 'failed', exitCode: 255 }],
  ])('that exits with %i comes to its outcome', async (code, outcome) => {
    const stage = start();
    stage.process?.exit(code);
    expect(await stage.outcome).toEqual(outcome);
  });

  test('is told of when it starts, and its output is passed on', async () => {
    const stage = start();
    stage.process?.print('hello');
    stage.process?.exit(0);
    await stage.outcome;
    expect(stage.startedPids).toEqual([stage.process?.pid]);
    expect(stage.output).toEqual(['all: hello']);
  });

  test('that someone else ends has failed with 128 and the number of the signal', async () => {
    const ended = Promise.resolve({ kind: 'signalled', signal: 'SIGKILL', number: 9 } as const);
    const process = { pid: 1, processStart: '', ended, stop: () => {} };
    const outcome = await runAttempt(
      { command, limits: limitsOf({}), scope: createAbortScope(), onStart: () => {}, onOutput: () => {} },
      { processes: { start: () => ok(process) }, clock: createFakeClock() },
    );
    expect(outcome).toEqual({ kind: 'failed', exitCode: 137, message: 'ended by SIGKILL' });
  });

  test('that cannot be spawned is errored, and none was started', async () => {
    const stage = start({ part: () => ({ refuse: 'no such program: make' }) });
    expect(await stage.outcome).toEqual({ kind: 'errored', message: 'no such program: make' });
    expect(stage.startedPids).toEqual([]);
  });

  test('leaves no timer behind', async () => {
    const stage = start({ timeoutMs: 60_000, idleTimeoutMs: 5_000 });
    stage.process?.exit(0);
    await stage.outcome;
    expect(stage.clock.pending).toBe(0);
  });
});

describe('a timeout', () => {
  test('ends the process with its grace and is the outcome', async () => {
    const stage = start({ timeoutMs: 60_000, killGraceMs: 3_000 });
    await stage.clock.advance(59_999);
    expect(stage.process?.stops).toEqual([]);
    await stage.clock.advance(1);
    expect(stage.process?.stops).toEqual([3_000]);
    expect(await stage.outcome).toEqual({ kind: 'timed-out', message: 'timed out after 1m 00s' });
  });

  test('is the outcome whatever the process makes of it', async () => {
    const stage = start({ timeoutMs: 5_000, part: stubborn });
    await stage.clock.advance(5_000);
    stage.process?.exit(0);
    expect(await stage.outcome).toMatchObject({ kind: 'timed-out' });
  });

  test('that was over before starts no process', async () => {
    const stage = start({ timeoutMs: 0 });
    expect(stage.process).toBeUndefined();
    expect(await stage.outcome).toMatchObject({ kind: 'timed-out' });
  });
});

describe('an idle timeout', () => {
  test('ends a process that says nothing', async () => {
    const stage = start({ idleTimeoutMs: 2_000, killGraceMs: 100 });
    await stage.clock.advance(1_999);
    expect(stage.process?.stops).toEqual([]);
    await stage.clock.advance(1);
    expect(stage.process?.stops).toEqual([100]);
    expect(await stage.outcome).toEqual({ kind: 'timed-out', message: 'no output for 2.0s' });
  });

  test('counts from the latest output, however often there is some', async () => {
    const stage = start({ idleTimeoutMs: 2_000 });
    for (let times = 0; times < 5; times += 1) {
      await stage.clock.advance(1_500);
      stage.process?.print('still here');
    }
    expect(stage.process?.stops).toEqual([]);
    await stage.clock.advance(1_999);
    expect(stage.process?.stops).toEqual([]);
    await stage.clock.advance(1);
    expect(await stage.outcome).toMatchObject({ kind: 'timed-out', message: 'no output for 2.0s' });
  });

  test('uses one timer for all output', async () => {
    const stage = start({ idleTimeoutMs: 2_000 });
    for (let times = 0; times < 100; times += 1) stage.process?.print('a line');
    expect(stage.clock.pending).toBe(1);
    stage.process?.exit(0);
    await stage.outcome;
  });
});

describe('an abort', () => {
  test('is orderly first and at once when asked for again', async () => {
    const stage = start({ part: stubborn, killGraceMs: 7_000 });
    stage.scope.abort({ cause: 'signal', atOnce: false });
    stage.scope.abort({ cause: 'signal', atOnce: true });
    expect(stage.process?.stops).toEqual([7_000, 0]);
    await stage.clock.advance(0);
    expect(await stage.outcome).toEqual({ kind: 'aborted', by: 'signal' });
  });

  test('kills after the grace what does not listen', async () => {
    const stage = start({ part: stubborn, killGraceMs: 7_000 });
    stage.scope.abort({ cause: 'signal', atOnce: false });
    let hasEnded = false;
    void stage.outcome.then(() => (hasEnded = true));
    await stage.clock.advance(6_999);
    expect(hasEnded).toBe(false);
    await stage.clock.advance(1);
    expect(hasEnded).toBe(true);
  });

  test.each(['signal', 'earlier-failure', 'timeout-of-container', 'gate'] as const)('tells why: %s', async (cause) => {
    const stage = start();
    stage.scope.abort({ cause, atOnce: false });
    expect(await stage.outcome).toEqual({ kind: 'aborted', by: cause });
  });

  test('that came before starts no process', async () => {
    const scope = createAbortScope();
    scope.abort({ cause: 'signal', atOnce: false });
    const stage = start({ scope });
    expect(stage.process).toBeUndefined();
    expect(await stage.outcome).toEqual({ kind: 'aborted', by: 'signal' });
  });

  test('after the end stops nothing', async () => {
    const stage = start();
    stage.process?.exit(0);
    await settle();
    stage.scope.abort({ cause: 'signal', atOnce: true });
    expect(stage.process?.stops).toEqual([]);
    expect(await stage.outcome).toEqual({ kind: 'succeeded' });
  });
});

describe('the first of several reasons', () => {
  test('is the outcome: a timeout before an abort', async () => {
    const stage = start({ timeoutMs: 1_000, part: stubborn, killGraceMs: 10_000 });
    await stage.clock.advance(1_000);
    stage.scope.abort({ cause: 'signal', atOnce: true });
    await stage.clock.advance(0);
    expect(stage.process?.stops).toEqual([10_000, 0]);
    expect(await stage.outcome).toMatchObject({ kind: 'timed-out' });
  });

  test('is the outcome: an abort before a timeout', async () => {
    const stage = start({ timeoutMs: 1_000, idleTimeoutMs: 1_500, part: stubborn, killGraceMs: 10_000 });
    stage.scope.abort({ cause: 'signal', atOnce: false });
    await stage.clock.advance(10_000);
    expect(await stage.outcome).toEqual({ kind: 'aborted', by: 'signal' });
  });

  test('is the outcome: silence before the timeout', async () => {
    const stage = start({ timeoutMs: 2_000, idleTimeoutMs: 1_000, part: stubborn, killGraceMs: 10_000 });
    await stage.clock.advance(20_000);
    expect(await stage.outcome).toMatchObject({ message: 'no output for 1.0s' });
  });
});

test.each<[Outcome, number, string]>([
  [{ kind: 'succeeded' }, 0, ''],
  [{ kind: 'failed', exitCode: 3 }, 3, 'exit code 3'],
  [{ kind: 'failed', exitCode: 137, message: 'ended by SIGKILL' }, 137, 'ended by SIGKILL'],
  [{ kind: 'timed-out', message: 'timed out after 1.0s' }, 124, 'timed out after 1.0s'],
  [{ kind: 'errored', message: 'no such program' }, 127, 'no such program'],
  [{ kind: 'aborted', by: 'signal' }, 130, 'aborted by a signal'],
  [{ kind: 'aborted', by: 'earlier-failure' }, 130, 'ended because another step failed'],
])('%o has exit code %i and says "%s"', (outcome, exitCode, text) => {
  expect(exitCodeOf(outcome)).toBe(exitCode);
  if (outcome.kind !== 'succeeded') expect(describeOutcome(outcome)).toBe(text);
});
