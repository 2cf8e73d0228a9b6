import { describe, expect, test } from 'vitest';
import { decisionFor, runsForReal, type Plan } from '../../src/plan/plan.js';
import { foldEvents } from '../../src/state/apply-event.js';
import type { RunEvent } from '../../src/state/event.js';
import { isCompleted } from '../../src/state/state-file.js';
import { createRandom, type Random } from '../rig/random.js';
import { createMemoryFiles } from './memory-files.js';
import { randomPipeline, SECRET, type RandomPipeline, type Spice } from './random-pipeline.js';
import { planOf, record, reasons, type Circumstances } from './recorded-run.js';
import { SAMPLED, seeds } from '../rig/scale.js';

const SEEDS = seeds(12, 120);

const world = ({ act }: RandomPipeline, more: Circumstances = {}): Circumstances => ({
  act,
  inputs: { channel: 'beta' },
  github: { sha: 'abc', run_attempt: '1' },
  files: createMemoryFiles({ 'src/a.ts': 'a', 'out/beta': 'made' }),
  inherited: { TOKEN: SECRET },
  ...more,
});

describe.each<[string, Spice]>([
  ['where all goes well', {}],
  ['where failures are tolerated', { failures: 'tolerated' }],
  ['where steps are made ready again', { failures: 'tolerated', reruns: true }],
])('a random pipeline %s', (_, spice) => {
  test.each(SEEDS)('is kept as a whole when it is planned again (seed %i)', SAMPLED, async (seed) => {
    const made = randomPipeline(createRandom(seed), spice);
    const { state, events } = await record(made.pipeline, world(made));
    expect(state.status).toMatch(/^succeeded/);
    await expectKeptWhole(made, events);
  });
});

describe.each<[string, Spice]>([
  ['where all goes well', {}],
  ['where each failure is tolerated', { failures: 'each tolerated' }],
  ['where steps are made ready again', { failures: 'each tolerated', reruns: true }],
])('a random pipeline %s', (_, spice) => {
  test.each(SEEDS)('loses no finished step however often it is killed (seed %i)', SAMPLED, async (seed) => {
    const random = createRandom(seed);
    const made = randomPipeline(random, spice);
    let { events } = await record(made.pipeline, world(made));
    let known = 1;
    for (let kill = 0; kill < 4; kill += 1) {
      const left = killSomewhere(events, known, random);
      const resumed = await record(made.pipeline, world(made, { after: left }));
      expect(lost(resumed.plan, left), JSON.stringify(reasons(made.pipeline, resumed.plan))).toEqual([]);
      expect(resumed.state.status).toMatch(/^succeeded/);
      await expectKeptWhole(made, resumed.events);
      known = left.length;
      ({ events } = resumed);
    }
  });
});

describe.each<[string, Spice]>([
  ['where failures are tolerated', { failures: 'tolerated', reruns: true }],
  ['where steps fail', { failures: 'hard', reruns: true }],
])('a random pipeline %s', (_, spice) => {
  test.each(SEEDS)('gets to its end once nothing fails any more, from any instant (seed %i)', SAMPLED, async (seed) => {
    const random = createRandom(seed);
    const made = randomPipeline(random, spice);
    let left: readonly RunEvent[] = [];
    for (let kill = 0; kill < 3; kill += 1) {
      const resumed = await record(made.pipeline, world(made, left.length === 0 ? {} : { after: left }));
      left = killSomewhere(resumed.events, Math.max(1, left.length), random);
    }
    const mended = { ...made, act: (step: string, attempt: number) => ({ ...made.act(step, attempt), exit: 0 }) };
    const { state, events, plan } = await record(made.pipeline, world(mended, { after: left }));
    expect(state.status).toMatch(/^succeeded/);
    const unfounded = lost(plan, left).filter((path) => !FOUNDED.test(decisionFor(plan, path).because));
    expect(unfounded, JSON.stringify(reasons(made.pipeline, plan))).toEqual([]);
    await expectKeptWhole(mended, events);
  });
});

describe('a random pipeline that is killed and resumed', () => {
  test.each(SEEDS)(
    'gives each step the environment it has in one go, and the run its outputs (seed %i)',
    SAMPLED,
    async (seed) => {
      const random = createRandom(seed);
      const made = randomPipeline(random, { failures: 'each tolerated', reruns: true });
      const steady = { ...made, act: (step: string) => made.act(step, 1) };
      const whole = await record(made.pipeline, world(steady));
      const left = killSomewhere(whole.events, 1, random);
      const resumed = await record(made.pipeline, world(steady, { after: left }));
      expect(resumed.state.outputs).toEqual(whole.state.outputs);
      for (const [step, env] of resumed.environments) {
        expect(ownVariables(env), step).toEqual(ownVariables(whole.environments.get(step) ?? {}));
      }
    },
  );
});

/** Why work that is done may be done again. */
const FOUNDED = /^(it needs "|a step in it runs|something it needs ran again)/;

/** Without what Savepoint says of the attempt, and what expressions read of it. */
const ownVariables = (env: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(env).filter(([name, value]) => !/^(SAVEPOINT|GITHUB)_/.test(name) && !value.includes(' of ')),
  );

/** Everything up to some event of the latest attempt. */
const killSomewhere = (events: readonly RunEvent[], known: number, random: Random): readonly RunEvent[] =>
  events.slice(0, known + random.below(events.length - known));

/** Steps that had finished and whose work is thrown away. */
const lost = ({ decisions }: Plan, events: readonly RunEvent[]): readonly string[] =>
  [...(foldEvents(events)?.steps.values() ?? [])]
    .filter((step) => isCompleted(step.lastFinish ?? step) && runsForReal(decisions.get(step.path)))
    .map(({ path }) => path);

const expectKeptWhole = async (made: RandomPipeline, after: readonly RunEvent[]): Promise<void> => {
  const plan = await planOf(made.pipeline, world(made, { after }));
  const running = [...plan.decisions].filter(([, decision]) => decision.do === 'run').map(([path]) => path);
  expect(running, JSON.stringify(reasons(made.pipeline, plan))).toEqual([]);
  expect(plan.hasWork).toBe(false);
};
