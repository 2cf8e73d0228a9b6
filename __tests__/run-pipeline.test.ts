import { describe, expect, test } from 'vitest';
import { err, ok } from '../src/base/result.js';
import { NO_SELECTION } from '../src/plan/selection.js';
import { createAbortScope } from '../src/run/context/abort-scope.js';
import type { Host, OpenWork, RunResult } from '../src/run/host.js';
import { runPipeline } from '../src/run-pipeline.js';
import { foldEvents } from '../src/state/apply-event.js';
import type { RunEvent } from '../src/state/event.js';
import type { RunState } from '../src/state/run-state.js';
import { createMemoryFiles } from './plan/memory-files.js';
import { settle } from './rig/settle.js';
import { createScene, type Machine, type Scene } from './run/scene.js';

const TWO_STEPS = `
inputs: {channel: {type: string, default: beta, enum: [beta, stable]}}
steps:
  - id: build
    run: make
    env: {CHANNEL: "\${{ inputs.channel }}"}
  - id: test
    run: make test
`;

type Situation = Machine & {
  readonly text?: string;
  /** Files it calls. */
  readonly called?: Readonly<Record<string, string>>;
  /** Events of the run to resume. */
  readonly after?: readonly RunEvent[];
  readonly inputs?: Readonly<Record<string, string>>;
  readonly rerun?: readonly string[];
  readonly maxParallel?: number;
  readonly processors?: number;
  /** Why the work directory cannot be opened, or no run can begin in it. */
  readonly openProblem?: string;
  readonly beginProblem?: string;
  readonly breaks?: true;
  /** Events of a run that may have been interrupted. */
  readonly interrupted?: readonly RunEvent[];
  readonly cutOffProblem?: string;
};

type Stage = Scene & {
  readonly host: Host;
  /** The calls made to the work directory, in order. */
  readonly asked: readonly string[];
};

/** A host that exists only in the test. */
const newStage = (situation: Situation = {}): Stage => {
  const { text = TWO_STEPS, after, openProblem, beginProblem } = situation;
  const scene = createScene(situation);
  const asked: string[] = [];
  const begin: OpenWork['begin'] = () => {
    asked.push('begin');
    if (situation.breaks) throw new Error('a bug');
    if (beginProblem !== undefined) return Promise.resolve(err(beginProblem));
    const environment = { workspace: '/w', workDir: '/w/.work', env: {}, hasProgram: () => true, pathDelimiter: ':' };
    return Promise.resolve(ok({ runId: 'run-1', commit: undefined, environment, ports: scene.ports }));
  };
  const cutOffWork = (): Pick<OpenWork, 'interrupted'> => {
    const last = situation.interrupted === undefined ? undefined : foldEvents(situation.interrupted);
    if (last === undefined) return {};
    const beginInterrupted: NonNullable<OpenWork['interrupted']>['begin'] = () => {
      asked.push('begin cut off');
      if (situation.cutOffProblem !== undefined) return Promise.resolve(err(situation.cutOffProblem));
      const environment = { workspace: '/w', workDir: '/w/.work', env: {}, hasProgram: () => true, pathDelimiter: ':' };
      return Promise.resolve(ok({ environment, ports: scene.ports, claim: () => Promise.resolve(true) }));
    };
    return {
      interrupted: { last, begin: beginInterrupted, end: () => Promise.resolve(void asked.push('end cut off')) },
    };
  };
  const open: Host['open'] = ({ name }) => {
    asked.push(`open ${name}`);
    if (openProblem !== undefined) return Promise.resolve(err(openProblem));
    const close = (): Promise<void> => Promise.resolve(void asked.push('close'));
    const last = after === undefined ? undefined : foldEvents(after);
    return Promise.resolve(ok({ last, files: createMemoryFiles(), begin, close, ...cutOffWork() }));
  };
  const host: Host = {
    source: { file: 'savepoint.yml', bytes: Buffer.from(text) },
    load: (file) => Promise.resolve(ok({ file, bytes: Buffer.from(situation.called?.[file] ?? '') })),
    givenInputs: situation.inputs ?? {},
    selection: { ...NO_SELECTION, rerun: situation.rerun ?? [] },
    facts: { github: {}, runner: {}, matrix: {} },
    env: {},
    scope: createAbortScope(),
    abortion: { when: 'now', limitMs: 30_000 },
    maxParallel: situation.maxParallel,
    processors: situation.processors ?? 1,
    open,
  };
  return { ...scene, host, asked };
};

const run = async (situation: Situation = {}): Promise<Stage & { readonly result: RunResult }> => {
  const stage = newStage(situation);
  return { ...stage, result: await runPipeline(stage.host) };
};

const stateOf = (result: RunResult): RunState => {
  if (result.kind !== 'ended') throw new Error(`it is ${result.kind}`);
  return result.state;
};

describe('a pipeline', () => {
  test('is read, planned and run, and the work directory is given back', async () => {
    const { result, asked, started } = await run();
    expect(result).toMatchObject({ kind: 'ended', resumable: true, state: { status: 'succeeded', runId: 'run-1' } });
    expect(started).toEqual(['build', 'test']);
    expect(asked).toEqual(['open savepoint', 'begin', 'close']);
  });

  test('with mistakes opens nothing, and reports all of them', async () => {
    const { result, asked } = await run({ text: 'steps:\n  - rum: make\n  - {run: a, needs: [nobody]}\n' });
    expect(result).toMatchObject({ kind: 'invalid' });
    expect(result.kind === 'invalid' && result.diagnostics.length).toBeGreaterThanOrEqual(2);
    expect(asked).toEqual([]);
  });

  test('whose called file has mistakes opens nothing', async () => {
    const called = 'steps:\n  - rum: make\n';
    const { result, asked } = await run({ text: 'steps: [{pipeline: ./other.yml}]', called: { 'other.yml': called } });
    expect(result).toMatchObject({ kind: 'invalid', diagnostics: [{ code: 'unknown-key', file: 'other.yml' }] });
    expect(asked).toEqual([]);
  });

  test('with something odd in it runs, and is warned of once', async () => {
    const deep = '{run: a, finally: [{run: b, finally: [{run: c, finally: [{run: d}]}]}]}';
    const { result, display } = await run({ text: `steps: [${deep}]` });
    expect(result.kind).toBe('ended');
    const messages = display.warnings.map(({ message }) => message);
    expect(messages).toEqual([expect.stringMatching(/^savepoint\.yml:1:\d+ .* \[deep-fallbacks\]$/)]);
  });

  test('gets its inputs, with their defaults', async () => {
    const given = await run({ inputs: { channel: 'stable' } });
    const byDefault = await run();
    expect(given.process('build').command.env['CHANNEL']).toBe('stable');
    expect(byDefault.process('build').command.env['CHANNEL']).toBe('beta');
  });

  test('with wrong inputs begins nothing', async () => {
    const { result, asked } = await run({ inputs: { channel: 'nightly', chanel: 'x' } });
    expect(result).toMatchObject({ kind: 'invalid', diagnostics: [{}, {}] });
    expect(asked).toEqual(['open savepoint', 'close']);
  });
});

describe('a work directory', () => {
  test('that cannot be opened is a refusal', async () => {
    const { result, asked } = await run({ openProblem: 'another run uses it' });
    expect(result).toEqual({ kind: 'refused', message: 'another run uses it' });
    expect(asked).toEqual(['open savepoint']);
  });

  test('in which nothing can begin is a refusal, and is given back', async () => {
    const { result, asked } = await run({ beginProblem: 'the disk is full' });
    expect(result).toEqual({ kind: 'refused', message: 'the disk is full' });
    expect(asked).toEqual(['open savepoint', 'begin', 'close']);
  });

  test('is given back when we have a bug', async () => {
    const stage = newStage({ breaks: true });
    await expect(runPipeline(stage.host)).rejects.toThrow('a bug');
    expect(stage.asked).toEqual(['open savepoint', 'begin', 'close']);
  });
});

describe('a resume', () => {
  const failing: Machine = { act: (step) => ({ exit: step === 'test' ? 1 : 0 }) };

  test('continues after the steps that finished, with the inputs it had', async () => {
    const first = await run({ ...failing, inputs: { channel: 'stable' } });
    const second = await run({ after: first.journal.events });
    expect(second.started).toEqual(['test']);
    expect(stateOf(second.result)).toMatchObject({ status: 'succeeded', attempt: 2, inputs: { channel: 'stable' } });
  });

  test('of a finished run does nothing', async () => {
    const first = await run();
    const second = await run({ after: first.journal.events });
    expect(second.result).toMatchObject({ kind: 'nothing-to-do', state: { status: 'succeeded', attempt: 1 } });
    expect(second.asked).toEqual(['open savepoint', 'close']);
    expect(second.journal.events).toEqual([]);
  });

  test('of a run that was killed after its last step brings it to its end', async () => {
    const first = await run();
    const second = await run({ after: first.journal.events.slice(0, -1) });
    expect(second.started).toEqual([]);
    expect(stateOf(second.result)).toMatchObject({ status: 'succeeded', attempt: 2 });
  });

  test('that asks for a step which does not exist is a refusal', async () => {
    const first = await run();
    const second = await run({ after: first.journal.events, rerun: ['biuld'] });
    expect(second.result).toMatchObject({ kind: 'refused' });
    expect(second.result.kind === 'refused' && second.result.message).toContain('"build"');
    expect(second.asked).toEqual(['open savepoint', 'close']);
  });
});

describe('as many steps run at the same time', () => {
  const PARALLEL = ['steps: [{id: p, parallel: [', '{run: a}, {run: b}, {run: c}, {run: d}, {run: e}', ']}]\n'].join(
    '',
  );

  test.each<[string, Situation, number]>([
    ['there are processors', { processors: 3 }, 3],
    ['two where there is one processor', { processors: 1 }, 2],
    ['the file says', { processors: 3, text: `max_parallel: 1\n${PARALLEL}` }, 1],
    ['the host says, whatever the file says', { maxParallel: 4, text: `max_parallel: 1\n${PARALLEL}` }, 4],
  ])('as %s', async (_what, situation, count) => {
    const stage = newStage({ text: PARALLEL, ...situation, act: () => ({ waits: true }) });
    const ended = runPipeline(stage.host);
    while (stage.started.length === 0) await settle();
    expect(stage.started).toHaveLength(count);
    stage.host.scope.abort({ cause: 'signal', atOnce: false });
    expect(stateOf(await ended).status).toBe('aborted');
  });
});

describe('a run that was interrupted', () => {
  const text = `
inputs: {channel: {type: string, default: beta}}
steps: [{id: a, run: a}]
on_abortion: [{id: f, run: f, env: {CHANNEL: "\${{ inputs.channel }}"}}]
`;
  const begun = async (): Promise<readonly RunEvent[]> => {
    const { journal } = await run({ text, inputs: { channel: 'nightly' } });
    return journal.events.slice(0, 3);
  };

  test('has its end, with its own inputs, before a fresh one begins', async () => {
    const { asked, started, process } = await run({ text, interrupted: await begun() });
    expect(asked).toEqual(['open savepoint', 'begin cut off', 'end cut off', 'begin', 'close']);
    expect(started).toEqual(['on_abortion/f', 'a']);
    expect(process('on_abortion/f').command.env['CHANNEL']).toBe('nightly');
  });

  test('is left alone where it had its end', async () => {
    const { journal } = await run({ text });
    const { asked } = await run({ text, interrupted: journal.events });
    expect(asked).toEqual(['open savepoint', 'begin', 'close']);
  });

  test('and cannot have its end is a refusal', async () => {
    const { result, started } = await run({ text, interrupted: await begun(), cutOffProblem: 'no room' });
    expect(result).toEqual({ kind: 'refused', message: 'no room' });
    expect(started).toEqual([]);
  });
});
