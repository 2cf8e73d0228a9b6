import { describe, expect, test } from 'vitest';
import type { Pipeline } from '../../src/language/pipeline.js';
import { createAbortScope, type AbortScope } from '../../src/run/abort-scope.js';
import { lateAbortion } from '../../src/run/late-abortion.js';
import { foldEvents } from '../../src/state/apply-event.js';
import type { RunEvent } from '../../src/state/event.js';
import type { RunState } from '../../src/state/run-state.js';
import { createMemoryFiles } from '../plan/memory-files.js';
import { branch, call, fallbacks, fanOut, group, loop, parallel, pipeline, script } from '../plan/pipeline-builder.js';
import { firedIn } from '../rig/fallback-table/gathering-outcome.js';
import { settle } from '../rig/settle.js';
import { fails, free, waits } from './acts.js';
import { runEngine, startEngine, type Act, type World } from './engine.js';
import { createScene, type Machine, type Scene } from './scene.js';

const ALL = fallbacks({
  on_started: [script('f')],
  on_success: [script('f')],
  on_failure: [script('f')],
  on_abortion: [script('f')],
  finally: [script('f')],
});

const CLEANING = fallbacks({ on_abortion: [script('f')], finally: [script('f')] });

type Late = Scene & {
  readonly scope: AbortScope;
  readonly ended: Promise<RunState>;
  readonly asked: readonly string[];
};

type Situation = Machine & { readonly claim?: boolean; readonly env?: Readonly<Record<string, string>> };

/** Starts what comes late to a run of which only these events are known. */
const startLate = async (file: Pipeline, events: readonly RunEvent[], situation: Situation = {}): Promise<Late> => {
  const last = foldEvents(events);
  if (last === undefined) throw new Error('nothing has started');
  const scene = createScene(situation);
  const scope = createAbortScope();
  const asked: string[] = [];
  const ended = lateAbortion({
    pipeline: file,
    last,
    inputs: last.inputs,
    place: {
      workspace: '/workspace',
      workDir: '/workspace/.work',
      env: { PATH: '/bin', ...situation.env },
      hasProgram: () => true,
      pathDelimiter: ':',
    },
    facts: { github: {}, runner: {}, matrix: {} },
    files: createMemoryFiles(),
    ports: scene.ports,
    scope,
    claim: () => {
      asked.push(scene.journal.events.at(-1)?.type ?? '');
      return Promise.resolve(situation.claim ?? true);
    },
  });
  await settle();
  return { ...scene, scope, ended, asked };
};

const runLate = async (...args: Parameters<typeof startLate>): Promise<Late & { readonly state: RunState }> => {
  const late = await startLate(...args);
  return { ...late, state: await late.ended };
};

/** The events of a run up to where it was killed while these steps ran. */
const killedIn = async (file: Pipeline, ...running: readonly string[]): Promise<readonly RunEvent[]> => [
  ...(await startEngine(file, { act: waits(...running), maxParallel: 9 })).journal.events,
];

describe('a run that was cut off', () => {
  const file = pipeline(
    [group('g', [script('a'), script('b', { fallbacks: CLEANING })], { fallbacks: CLEANING }), script('c')],
    { fallbacks: CLEANING },
  );

  test('has its claim first, then what it owes from the inside out, then its end, as its own attempt', async () => {
    const before = await killedIn(file, 'g/b');
    const late = await runLate(file, before);
    const { events } = late.journal;
    expect(events[0]).toMatchObject({ type: 'late_abortion', steps: ['g/b', 'g'], seq: before.length + 1, attempt: 1 });
    expect(late.asked).toEqual(['late_abortion']);
    const steps = ['g/b/on_abortion', 'g/b/finally', 'g/on_abortion', 'g/finally', 'on_abortion', 'finally'];
    expect(firedIn(events)).toEqual(steps);
    expect(late.started).toEqual(steps.map((list) => `${list}/f`));
    expect(events.at(-1)).toMatchObject({ type: 'run_aborted', by: 'signal', attempt: 1 });
    expect(late.state).toEqual(foldEvents([...before, ...events]));
    expect(late.state.steps.get('g/b')).toMatchObject({ status: 'aborted', error: 'the run was cut off' });
  });

  test('has its end although nothing is declared, and asks for no claim', async () => {
    const plain = pipeline([script('a')]);
    const late = await runLate(plain, await killedIn(plain, 'a'));
    expect(late.journal.events.map(({ type }) => type)).toEqual(['late_abortion', 'run_aborted']);
    expect(late.asked).toEqual([]);
  });

  test('resumes after that as if it had only been killed', async () => {
    const before = await killedIn(file, 'g/b');
    const late = await runLate(file, before);
    const engine = await runEngine(file, { after: [...before, ...late.journal.events] });
    expect(engine.started).toEqual(['g/b', 'g/b/finally/f', 'g/finally/f', 'c', 'finally/f']);
    expect(engine.state.steps.get('g/b')?.because).toBe('it was interrupted');
    expect(engine.state.attempt).toBe(2);
  });

  test('fires nothing where the claim cannot be saved', async () => {
    const late = await runLate(file, await killedIn(file, 'g/b'), { claim: false });
    expect(late.started).toEqual([]);
    expect(late.journal.events.map(({ type }) => type)).toEqual(['late_abortion', 'run_aborted']);
    expect(late.display.warnings[0]?.message).toMatch(/^nothing cleans up after the run that was cut off/);
  });

  test('fires nothing where the claim cannot be written', async () => {
    const late = await runLate(file, await killedIn(file, 'g/b'), { journalCapacity: 0 });
    expect([late.started, late.asked]).toEqual([[], []]);
  });

  test('goes on with its fallbacks when the journal breaks after the claim', async () => {
    const late = await runLate(file, await killedIn(file, 'g/b'), { journalCapacity: 3 });
    expect(late.started).toHaveLength(6);
  });

  test('ends a fallback that hangs after two minutes, and starts none after it', async () => {
    const late = await startLate(file, await killedIn(file, 'g/b'), { act: waits('g/b/on_abortion/f') });
    await late.clock.advance(120_000);
    expect((await late.ended).status).toBe('aborted');
    expect(late.started).toEqual(['g/b/on_abortion/f']);
    expect(late.display.warnings[0]?.message).toBe(
      'the fallback on_abortion of "g/b" failed: cleaning up took longer than 2m 00s',
    );
  });

  test('ends its fallbacks when it is stopped', async () => {
    const late = await startLate(file, await killedIn(file, 'g/b'), { act: waits('g/b/on_abortion/f') });
    late.scope.abort({ cause: 'signal', atOnce: false });
    await late.ended;
    expect(late.started).toEqual(['g/b/on_abortion/f']);
  });

  test('names a running step that the pipeline no longer has', async () => {
    const late = await runLate(pipeline([script('c')]), await killedIn(file, 'g/b'));
    expect(late.display.warnings.map(({ message }) => message)).toEqual([
      'the pipeline no longer has the step "g", so nothing cleans up after it',
      'the pipeline no longer has the step "g/b", so nothing cleans up after it',
    ]);
    expect(late.state.steps.get('g/b')?.status).toBe('aborted');
  });

  test('fires what it owes of a step that had failed, but not on_failure any more', async () => {
    const lists = { ...CLEANING, ...fallbacks({ on_failure: [script('f')] }) };
    const failing = pipeline([script('a', { fallbacks: lists })]);
    const { events } = (await runEngine(failing, { act: fails('a') })).journal;
    const killed = events.slice(
      0,
      events.findIndex(({ type }) => type === 'fallback_started'),
    );
    expect(firedIn((await runLate(failing, killed)).journal.events)).toEqual(['a/finally']);
  });

  test('owes nothing for what an earlier attempt finished', async () => {
    const two = pipeline([script('a', { fallbacks: CLEANING }), script('b')]);
    const first = await runEngine(two, { act: fails('b') });
    const second = await startEngine(two, { act: waits('b'), after: first.journal.events });
    const late = await runLate(two, [...first.journal.events, ...second.journal.events]);
    expect(firedIn(late.journal.events)).toEqual([]);
    expect(late.journal.events.every(({ attempt }) => attempt === 2)).toBe(true);
  });
});

describe('a run that ended', () => {
  const file = pipeline([script('a', { fallbacks: CLEANING })], { fallbacks: CLEANING });

  test.each([
    ['well', {}],
    ['badly', { act: fails('a') }],
  ] as const)('%s owes nothing', async (_how, world: World) => {
    const { journal } = await runEngine(file, world);
    const late = await runLate(file, journal.events);
    expect(late.journal.events).toEqual([]);
  });

  test('as aborted with no time for its fallbacks owes them, once', async () => {
    const engine = await startEngine(file, { act: waits('a'), abortion: 'later' });
    engine.scope.abort({ cause: 'signal', atOnce: false });
    await engine.ended;
    const late = await runLate(file, engine.journal.events);
    expect(late.journal.events[0]).toMatchObject({ type: 'late_abortion', steps: [] });
    expect(firedIn(late.journal.events)).toEqual(['a/on_abortion', 'a/finally', 'on_abortion', 'finally']);
    const again = await runLate(file, [...engine.journal.events, ...late.journal.events]);
    expect(again.journal.events).toEqual([]);
  });

  test('as aborted and had the time owes nothing', async () => {
    const engine = await startEngine(file, { act: waits('a') });
    engine.scope.abort({ cause: 'signal', atOnce: false });
    await engine.ended;
    expect((await runLate(file, engine.journal.events)).journal.events).toEqual([]);
  });
});

describe('what fires late', () => {
  test('has the env around its owner, and what steps before it exported', async () => {
    const inner = [script('a'), script('b', { fallbacks: CLEANING })];
    const file = pipeline([script('x'), group('g', inner, { env: { IN: '${{ steps.x.outputs.v }}' } })], {
      env: { OUT: 'top' },
      secrets: ['TOKEN'],
    });
    const act = (step: string): Act => ({
      ...(step === 'x' && { output: 'v=7' }),
      ...(step === 'g/a' && { env: 'MADE=yes' }),
      ...(step === 'g/b' && { waits: true }),
    });
    const { journal } = await startEngine(file, { act });
    const late = await runLate(file, journal.events, { env: { TOKEN: 'sesame' } });
    const { env } = late.process('g/b/on_abortion/f').command;
    expect(env).toMatchObject({ OUT: 'top', IN: '7', MADE: 'yes', TOKEN: 'sesame', SAVEPOINT_RUN_ID: 'run-1' });
  });

  test('in a call has its inputs, and the env of its file', async () => {
    const env = { INPUT: '${{ inputs.x }}', CALLED: '${{ env.FROM_FILE }}' };
    const look = fallbacks({ on_abortion: [script('f', { env })] });
    const called = pipeline([script('d', { fallbacks: look })], {
      inputs: [{ name: 'x', type: 'string', required: false }],
      env: { FROM_FILE: '${{ inputs.x }}!' },
      fallbacks: look,
    });
    const inLoop = loop('l', { condition: '1 == 1', steps: [call('c', called, { with: { x: '${{ item }}' } })] });
    const inBranch = branch('b', { condition: '1 == 2', then: [script('t')], otherwise: [inLoop] });
    const file = pipeline([fanOut('each', { items: ['one', 'two'], body: [inBranch] })], { maxParallel: 4 });
    const innermost = 'each[1]/b/else/l[0]/c/d';
    const late = await runLate(file, await killedIn(file, innermost));
    expect(late.started).toEqual([`${innermost}/on_abortion/f`, 'each[1]/b/else/l[0]/c/@pipeline/on_abortion/f']);
    for (const step of late.started)
      expect(late.process(step).command.env).toMatchObject({ INPUT: 'two', CALLED: 'two!' });
    expect(late.display.warnings).toEqual([]);
  });

  test('of an item has that item', async () => {
    const look = fallbacks({ on_abortion: [script('f', { env: { ITEM: '${{ item }} ${{ index }}' } })] });
    const body = [script('a', { fallbacks: look })];
    const file = pipeline([fanOut('each', { items: ['one', 'two'], body })], { maxParallel: 4 });
    const late = await runLate(file, await killedIn(file, 'each[0]/a', 'each[1]/a'));
    expect(late.process('each[1]/a/on_abortion/f').command.env['ITEM']).toBe('two 1');
  });

  test('in a fallback sees the failure that the fallback is for', async () => {
    const inner = fallbacks({ on_abortion: [script('f', { env: { WHY: '${{ failure.status }}' } })] });
    const outer = fallbacks({ on_failure: [script('n', { fallbacks: inner })], finally: [look()] });
    const file = pipeline([script('a', { fallbacks: outer })]);
    const act = (step: string): Act => (step === 'a' ? { exit: 3 } : { waits: true });
    const late = await runLate(file, [...(await startEngine(file, { act })).journal.events]);
    expect(late.started).toEqual(['a/on_failure/n/on_abortion/f', 'a/finally/g']);
    expect(late.process('a/on_failure/n/on_abortion/f').command.env['WHY']).toBe('aborted');
    expect(late.process('a/finally/g').command.env['CODE']).toBe('3');
  });

  const look = (): ReturnType<typeof script> => script('g', { env: { CODE: '${{ failure.exit_code }}' } });

  test('is warned of where the env around it cannot be had', async () => {
    const file = pipeline(
      [group('g', [script('a', { fallbacks: CLEANING })], { env: { X: '${{ fromJSON(env.Y) }}' } })],
      {
        env: { Y: '1' },
      },
    );
    const broken = { ...file, env: { Y: '{' } };
    const late = await runLate(broken, await killedIn(file, 'g/a'));
    expect(late.started).toEqual([]);
    expect(late.display.warnings[0]?.message).toMatch(/^on_abortion, finally of "g\/a" cannot run: env\.X: fromJSON/);
  });
});

describe('wherever a run was killed', () => {
  const nested = fallbacks({ on_failure: [script('n', { fallbacks: ALL })], finally: [script('f')] });
  const file = pipeline(
    [
      script('a', { fallbacks: ALL }),
      group('g', [script('b', { fallbacks: ALL }), script('c', { fallbacks: nested, continueOnError: true })], {
        fallbacks: ALL,
      }),
      parallel('p', [free('d', { fallbacks: ALL }), free('e', { fallbacks: ALL })], { fallbacks: ALL }),
    ],
    { fallbacks: ALL },
  );

  const acts = [
    ['succeeds', fails('g/c')],
    ['fails inside', fails('g/c', 'g/b')],
    ['fails beside', fails('g/c', 'p/d')],
    ['fails at a fallback', fails('g/c', 'a/on_success/f')],
    ['fails at the beginning', fails('on_started/f')],
  ] as const;

  test.each(acts)(
    'each fallback fires at most once, and what it owed exactly once: a run that %s',
    async (_how, act) => {
      const { events } = (await runEngine(file, { act })).journal;
      for (let length = 1; length < events.length; length += 1) {
        const before = events.slice(0, length);
        const late = await runLate(file, before);
        const fired = firedIn([...before, ...late.journal.events]);
        expect(fired.toSorted()).toEqual([...new Set(fired)].toSorted());
        expect(missing(before, fired)).toEqual([]);
        expect(late.state.status).toBe('aborted');
        expect([...late.state.steps.values()].filter(({ status }) => status === 'running')).toEqual([]);
      }
    },
  );

  test('and killed again while it cleaned up, only its end is left', async () => {
    const before = await killedIn(file, 'g/b');
    const { events } = (await runLate(file, before)).journal;
    for (let length = 1; length < events.length; length += 1) {
      const late = await runLate(file, [...before, ...events.slice(0, length)]);
      expect(late.journal.events.map(({ type }) => type)).toEqual(['run_aborted']);
    }
  });

  /** What began before the kill, and has not fired what belongs to each ending: one of three, and `finally`. */
  const missing = (before: readonly RunEvent[], fired: readonly string[]): readonly string[] => {
    const begun = before.flatMap((event) => (event.type === 'step_started' ? [event.step] : []));
    const ended = new Set(
      before.flatMap((event) => (ENDS.includes(event.type) && 'step' in event ? [event.step] : [])),
    );
    const withAll = begun.filter((path) => !/(^|\/)(f|c)$/.test(path));
    return [
      ...withAll.filter((path) => !fired.includes(`${path}/finally`)).map((path) => `${path}/finally`),
      ...withAll.filter((path) => !ended.has(path) && !LAST.some((name) => fired.includes(`${path}/${name}`))),
      ...(fired.includes('finally') ? [] : ['finally']),
    ];
  };

  const ENDS: readonly string[] = ['step_succeeded', 'step_failed', 'step_continue_on_error'];
  const LAST = ['on_success', 'on_failure', 'on_abortion'];
});
