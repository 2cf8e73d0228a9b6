import { describe, expect, test } from 'vitest';
import { fanOut, group, pipeline, script } from '../../plan/pipeline-builder.js';
import { runEngine, type World } from '../engine.js';

type Env = Readonly<Record<string, string>>;

/** What the process of step `last` gets after `first` did what it is told. */
const envOfLast = async (
  world: World & { readonly exported?: string; readonly folders?: string },
  declared: { readonly pipeline?: Env; readonly group?: Env; readonly step?: Env } = {},
): Promise<Env> => {
  const { exported = '', folders = '', ...rest } = world;
  const file = pipeline(
    [script('first'), group('g', [script('last', { env: declared.step ?? {} })], { env: declared.group ?? {} })],
    { env: declared.pipeline ?? {} },
  );
  const engine = await runEngine(file, {
    act: (step) => (step === 'first' ? { env: exported, path: folders } : {}),
    ...rest,
  });
  return engine.process('g/last').command.env;
};

describe('the environment of a step', () => {
  test('begins with what was inherited', async () => {
    expect(await envOfLast({ env: { HOME: '/root' } })).toMatchObject({ HOME: '/root', PATH: '/bin' });
  });

  const sources = {
    pipeline: { X: 'pipeline' },
    exported: 'X=exported\n',
    group: { X: 'group' },
    step: { X: 'step' },
  };

  test('is layered: inherited, pipeline, exported before a group, group, step', async () => {
    const { exported, pipeline: ofPipeline, group: ofGroup, step } = sources;
    const world = { env: { X: 'inherited' } };
    expect((await envOfLast(world))['X']).toBe('inherited');
    expect((await envOfLast(world, { pipeline: ofPipeline }))['X']).toBe('pipeline');
    expect((await envOfLast({ ...world, exported }, { pipeline: ofPipeline }))['X']).toBe('exported');
    expect((await envOfLast({ ...world, exported }, { pipeline: ofPipeline, group: ofGroup }))['X']).toBe('group');
    expect((await envOfLast({ ...world, exported }, { group: ofGroup, step }))['X']).toBe('step');
  });

  test('searches exported folders first, the last exported one before the others', async () => {
    const env = await envOfLast({ folders: '/one\n/two\n' });
    expect(env['PATH']).toBe('/two:/one:/bin');
  });

  test('puts exported folders before a PATH that is declared', async () => {
    expect((await envOfLast({ folders: '/one\n' }, { step: { PATH: '/mine' } }))['PATH']).toBe('/one:/mine');
    expect((await envOfLast({}, { step: { PATH: '/mine' } }))['PATH']).toBe('/mine');
  });

  test('says what Savepoint knows, and nothing can change that', async () => {
    const env = await envOfLast(
      { env: { SAVEPOINT_STEP: 'x', GITHUB_OUTPUT: '/else' } },
      { step: { SAVEPOINT_RUN_ID: 'x', GITHUB_ENV: '/else' } },
    );
    expect(env).toMatchObject({
      SAVEPOINT_RUN_ID: 'run-1',
      SAVEPOINT_WORK_DIR: '/workspace/.work',
      SAVEPOINT_STEP: 'g/last',
      SAVEPOINT_ATTEMPT: '1',
      SAVEPOINT_RESUMED: 'false',
    });
    for (const name of ['OUTPUT', 'ENV', 'PATH', 'STEP_SUMMARY'])
      expect(env[`GITHUB_${name}`]).toMatch(/^\/scratch\/2-/);
  });
});

test('the key of a step is the same in each attempt of a run, and its own', async () => {
  const file = pipeline([script('a'), script('b')]);
  const first = await runEngine(file, { act: (step) => ({ exit: step === 'b' ? 1 : 0 }) });
  const second = await runEngine(file, { after: first.journal.events });
  const keyOf = (engine: typeof first, step: string): string | undefined =>
    engine.process(step).command.env['SAVEPOINT_STEP_KEY'];
  expect(keyOf(first, 'b')).toMatch(/^[0-9a-f]{32}$/);
  expect(keyOf(second, 'b')).toBe(keyOf(first, 'b'));
  expect(keyOf(first, 'a')).not.toBe(keyOf(first, 'b'));
  expect(second.process('b').command.env['SAVEPOINT_RESUMED']).toBe('true');
});

test('an item that takes the place of another has a key of its own', async () => {
  const keyFor = async (item: string): Promise<string | undefined> => {
    const engine = await runEngine(pipeline([fanOut('each', { items: [item], body: script('s') })]));
    return engine.process('each[0]').command.env['SAVEPOINT_STEP_KEY'];
  };
  expect(await keyFor('a')).toBe(await keyFor('a'));
  expect(await keyFor('a')).not.toBe(await keyFor('b'));
});
