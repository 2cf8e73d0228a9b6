import { describe, expect, test } from 'vitest';
import { group, parallel, pipeline, script, type LooseStep } from '../../plan/pipeline-builder.js';
import { createRandom, type Random } from '../../rig/random.js';
import { eventOf, runEngine, startEngine, type Act, type Engine } from '../engine.js';
import { SAMPLED, seeds } from '../../rig/scale.js';

const SECRET = 'hunter2-hunter2';

/** Everything that leaves the engine, as texts. */
const textsOf = ({ journal, display, logs, summaries }: Engine): readonly string[] => [
  ...stringsIn(journal.events),
  ...stringsIn(display.events),
  ...stringsIn(display.warnings),
  ...stringsIn(display.annotations),
  ...journal.events.flatMap((event) => ('step' in event ? [display.outputOf(event.step)] : [])),
  ...logs.values(),
  ...summaries.values(),
];

const stringsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => [name, ...stringsIn(item)]);
};

const leaksOf = (engine: Engine, secrets: readonly string[]): readonly string[] =>
  textsOf(engine).filter((text) => secrets.some((secret) => text.includes(secret)));

describe('a secret is hidden from the first event on', () => {
  test.each([
    ['was inherited', pipeline([script('a')], { secrets: ['TOKEN'] }), { TOKEN: SECRET }],
    ['is declared by the pipeline', pipeline([script('a')], { secrets: ['TOKEN'], env: { TOKEN: SECRET } }), {}],
    [
      'is declared by the pipeline from an input',
      pipeline([script('a')], { secrets: ['TOKEN'], env: { TOKEN: '${{ inputs.token }}' } }),
      {},
    ],
    [
      'is declared by a step from an input',
      pipeline([group('g', [script('a', { env: { TOKEN: '${{ inputs.token }}' } })])], { secrets: ['TOKEN'] }),
      {},
    ],
    ['is written in a step', pipeline([script('a', { env: { TOKEN: SECRET } })], { secrets: ['TOKEN'] }), {}],
    [
      'is declared by a group from an input',
      pipeline([group('g', [script('a')], { env: { TOKEN: '${{ inputs.token }}' } })], { secrets: ['TOKEN'] }),
      {},
    ],
  ])('when it %s', async (_what, file, env) => {
    const named = { ...file, name: `with ${SECRET}` };
    const engine = await runEngine(named, {
      env,
      inputs: { token: SECRET, plain: 'x' },
      act: () => ({ print: SECRET }),
    });
    expect(leaksOf(engine, [SECRET])).toEqual([]);
    expect(eventOf(engine.journal.events, 'run_started')).toMatchObject({
      pipeline: 'with ***',
      inputs: { plain: 'x' },
    });
    expect(engine.display.warnings.map(({ message }) => message)).toEqual([
      'these inputs hold a secret and are not stored, so a resume needs them again: token',
    ]);
  });
});

test('an input that holds a secret works in its run', async () => {
  const file = pipeline([script('a', { env: { TOKEN: '${{ inputs.token }}' } })], { secrets: ['TOKEN'] });
  const engine = await runEngine(file, { inputs: { token: SECRET } });
  expect(engine.process('a').command.env['TOKEN']).toBe(SECRET);
});

describe('what depends on a step is a secret', () => {
  const env = { TOKEN: 'x-${{ steps.a.outputs.token }}' };
  const act = (step: string): Act =>
    step === 'a' ? { output: 'token=made-up-value\n' } : { print: `x-made-up-value x- ${step}` };

  test.each([
    ['step', 'b', script('b', { env })],
    ['group', 'g/b', group('g', [script('b')], { env })],
  ])('from when the %s that declares it starts', async (_what, path, step) => {
    const engine = await runEngine(pipeline([script('a'), step], { secrets: ['TOKEN'] }), { act });
    expect(engine.logs.get(path)).toBe(`*** x- ${path}`);
  });
});

test('a secret that was inherited can be read by expressions, other inherited variables cannot', async () => {
  const file = pipeline([script('a', { env: { SEEN: '${{ env.TOKEN }}, ${{ env.OTHER }}, ${{ env.UNSET }}' } })], {
    secrets: ['TOKEN', 'UNSET'],
  });
  const engine = await runEngine(file, { env: { TOKEN: SECRET, OTHER: 'other' } });
  expect(engine.process('a').command.env['SEEN']).toBe(`${SECRET}, , `);
});

test('a variable exported under the name of a secret is one', async () => {
  const file = pipeline([script('a'), script('b', { name: 'Use ${{ env.TOKEN }}' })], { secrets: ['TOKEN'] });
  const engine = await runEngine(file, {
    act: (step) => (step === 'a' ? { env: `TOKEN=${SECRET}\n` } : { print: SECRET }),
  });
  expect(leaksOf(engine, [SECRET])).toEqual([]);
  expect(engine.process('b').command.env['TOKEN']).toBe(SECRET);
  expect(eventOf(engine.journal.events, 'step_succeeded', 'a').exports).toEqual({
    env: {},
    path: [],
    withheld: ['TOKEN'],
  });
});

test('a value named by ::add-mask:: is hidden from then on, in the event of its own step too', async () => {
  const file = pipeline([
    script('a', { captures: true }),
    script('b', { name: 'Use ${{ steps.a.outputs.token }}', if: "'made-up' == 'made-up'" }),
    script('c', { if: "'made-up' == 'x'" }),
  ]);
  const engine = await runEngine(file, {
    act: (step) =>
      step === 'a' ? { print: 'made-up\n::add-mask::made-up\nmade-up\n', output: 'token=made-up\n' } : {},
  });
  expect(eventOf(engine.journal.events, 'step_succeeded', 'a')).toMatchObject({
    stdout: '***\n***\n',
    withheld: ['token'],
  });
  expect(eventOf(engine.journal.events, 'step_started', 'b').name).toBe('Use ***');
  expect(eventOf(engine.journal.events, 'step_skipped', 'c').because).toBe("its condition does not hold: '***' == 'x'");
});

describe('what goes wrong gives no secret away', () => {
  const file = pipeline([script('a', { reads: ['src/**'] })], { secrets: ['TOKEN'] });
  const world = { env: { TOKEN: SECRET } };

  test.each<[string, Act]>([
    ['outputs that do not parse', { output: `${SECRET}<<\n` }],
    ['exports that do not parse', { env: `${SECRET}<<${SECRET}\n` }],
    ['a program that cannot be spawned', { refuse: `no such folder: ${SECRET}` }],
    ['exports that are not allowed', { env: `GITHUB_${SECRET}=1\n` }],
  ])('%s', async (_what, act) => {
    const engine = await runEngine(file, { ...world, act: () => act });
    expect(leaksOf(engine, [SECRET])).toEqual([]);
    expect(textsOf(engine).join('\n')).toContain('***');
  });

  test('a log that cannot be stored', async () => {
    const engine = await runEngine(file, { ...world, logProblem: `${SECRET} is full` });
    expect(leaksOf(engine, [SECRET])).toEqual([]);
  });
});

const SECRETS = ['hunter2-hunter2', 'say "it\\s me"', 'line one of it\nline two of it', 'ümlaut-gehëim', '0123456789'];

const randomSecret = (random: Random): string => SECRETS[random.below(SECRETS.length)] ?? '';

/** Steps that put secrets wherever a text can stand. */
const leakySteps = (random: Random, depth: number): readonly LooseStep[] =>
  Array.from({ length: 1 + random.below(4) }, (_, index) => {
    const secret = `\${{ env.S${random.below(SECRETS.length)} }}`;
    const details = {
      name: `Step with ${secret}`,
      ...(random.below(4) === 0 && { if: `always() && '${randomSecret(random)}' == env.S0` }),
      ...(random.below(3) === 0 && { continueOnError: true }),
      ...(random.below(2) === 0 && { captures: true }),
      ...(random.below(6) === 0 && { timeoutMs: 50 }),
      ...(random.below(8) === 0 && { env: { X: `\${{ fromJSON('${randomSecret(random)}') }}` } }),
    };
    if (depth === 0 || random.below(3) > 0) return script(`s${index}`, details);
    const { captures: _captures, ...ofGroup } = details;
    const outputs = { x: `\${{ env.S1 }}`, 'a b': secret, deep: "${{ fromJSON('[1]') }}" };
    return (random.below(2) === 0 ? group : parallel)(`s${index}`, leakySteps(random, depth - 1), {
      ...ofGroup,
      outputs,
    });
  });

const leakyAct = (random: Random): Act => {
  const secret = randomSecret(random);
  const line = secret.replaceAll('\n', ' ');
  return {
    exit: random.below(4) === 0 ? 1 : 0,
    ...(random.below(5) === 0 && { waits: true as const }),
    ...(random.below(8) === 0 && { refuse: `cannot spawn ${secret}` }),
    print: `${secret}\n::error title=${line}::${line}\n`,
    printError: `err ${secret}`,
    output: random.below(6) === 0 ? `${line}<<${line}\n` : `a=1\nb<<E\n${secret}\nE\n${line}=1\n`,
    env: `P=1\nQ<<E\n${secret}\nE\n`,
    path: `/folder/${line}\n`,
    summary: `# ${secret}`,
  };
};

test.each(seeds(20, 200))('no pipeline leaks a secret (seed %i)', SAMPLED, async (seed) => {
  const random = createRandom(seed);
  const names = SECRETS.map((_, index) => `S${index}`);
  const file = pipeline(leakySteps(random, 2), {
    name: `release ${SECRETS[0] ?? ''}`,
    secrets: names,
    failure: random.below(2) === 0 ? 'finish' : 'keep_going',
    env: { S4: '${{ inputs.number }}' },
    outputs: { x: '${{ env.S2 }}', y: 'plain' },
  });
  const env = Object.fromEntries(SECRETS.slice(0, 4).map((secret, index) => [`S${index}`, secret]));
  const world = { env, inputs: { number: SECRETS[4] ?? '', fine: 'yes' }, act: () => leakyAct(random) };
  const play = async (after: Engine['journal']['events'] | undefined): Promise<Engine> => {
    const engine = await startEngine(file, { ...world, ...(after !== undefined && { after }) });
    for (let turn = 0; engine.processes.running.length > 0; turn += 1) {
      if (turn === 20) engine.scope.abort({ cause: 'signal', atOnce: true });
      await engine.clock.advance(60);
    }
    await engine.ended;
    return engine;
  };
  const first = await play(undefined);
  const second = await play(first.journal.events);
  const whole = SECRETS.flatMap((secret) => [secret, ...secret.split('\n'), JSON.stringify(secret).slice(1, -1)]);
  expect([...leaksOf(first, whole), ...leaksOf(second, whole)]).toEqual([]);
  expect(textsOf(first).some((text) => text.includes('***'))).toBe(true);
});
