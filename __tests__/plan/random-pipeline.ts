import type { Pipeline } from '../../src/language/model/pipeline.js';
import type { Random } from '../rig/random.js';
import {
  branch,
  call,
  commands,
  fanOut,
  group,
  loop,
  parallel,
  pipeline,
  script,
  switchOn,
  type LooseStep,
  type StepDetails,
} from './pipeline-builder.js';
import type { Act } from './recorded-run.js';

/** A pipeline made by chance, and what its processes do: some of what they leave is not the same in each run attempt. */
export type RandomPipeline = {
  readonly pipeline: Pipeline;
  readonly act: (step: string, runAttempt: number) => Act;
};

/** What chance may put into a pipeline beyond steps that succeed. */
export type Spice = {
  /** Some steps fail: each is tolerated itself, it or a container around it is, or not all are. */
  readonly failures?: 'each tolerated' | 'tolerated' | 'hard';
  /** Some steps are `on_resume: rerun`. */
  readonly reruns?: true;
};

/** Containers of all kinds within each other, env on all levels, needs graphs, conditions, exports, files and secrets. */
export const randomPipeline = (random: Random, spice: Spice = {}): RandomPipeline => {
  const acts = new Map<string, RandomPipeline['act']>();
  const steps = randomList({ path: '', depth: 0, around: [] }, { random, spice, acts });
  return {
    pipeline: pipeline(steps, {
      env: { LEVEL: 'top', CHANNEL: '${{ inputs.channel }}', ...randomEnv([], random) },
      secrets: ['TOKEN'],
      outputs: Object.fromEntries(steps.map(({ step: { id } }) => [id, outputTemplate(id)])),
    }),
    act: (step, runAttempt) => acts.get(step.replaceAll(/\[\d+\]/g, '[]'))?.(step, runAttempt) ?? {},
  };
};

/** What is to be the same however a run came to its end. */
const outputTemplate = (id: string): string =>
  `\${{ steps.${id}.outputs.v }} \${{ steps.${id}.conclusion }} \${{ toJSON(steps.${id}.results) }}`;

type ListPoint = { readonly path: string; readonly depth: number; readonly around: readonly string[] };
type Making = { readonly random: Random; readonly spice: Spice; readonly acts: Map<string, RandomPipeline['act']> };

/** Needs point to steps of a lower rank; ranks are not in the order of the file. */
const randomList = (site: ListPoint, making: Making): readonly LooseStep[] => {
  const { random } = making;
  const count = 1 + random.below(4);
  const ids = Array.from(
    { length: count },
    (_, index) => `${'abcd'.charAt(site.depth)}${String(index)}${suffix(site)}`,
  );
  const inFileOrder = random.below(3) > 0;
  const ranked = inFileOrder ? ids : shuffle(ids, random);
  return ids.map((id, index) => {
    const before = ranked.slice(0, ranked.indexOf(id));
    const isImplicit = inFileOrder && random.below(2) === 0;
    const needs = isImplicit ? ids.slice(Math.max(0, index - 1), index) : before.filter(() => random.below(2) === 0);
    return randomStep(id, { ...site, needs, visible: [...site.around, ...needs] }, making);
  });
};

/** Ids are unique over all lists, so that none hides another. */
const suffix = ({ path }: ListPoint): string => path.replaceAll(/\W/g, '');

type StepPlace = ListPoint & { readonly needs: readonly string[]; readonly visible: readonly string[] };

const randomStep = (id: string, site: StepPlace, making: Making): LooseStep => {
  const { random } = making;
  const path = site.path === '' ? id : `${site.path}/${id}`;
  const details = {
    needs: site.needs,
    ...randomCondition(site.visible, random),
    env: randomEnv(site.visible, random),
  };
  if (site.depth === 3 || random.below(10) < 6) return randomProcess(path, { id, details, site }, making);
  const { failures } = making.spice;
  const isForgiven = failures === 'tolerated' || (failures === 'hard' && random.below(4) === 0);
  const container = { ...details, continueOnError: isForgiven };
  return randomContainer(path, { id, details: container, site }, making);
};

type Container = {
  readonly id: string;
  readonly details: Omit<StepDetails, 'outputs'>;
  readonly site: StepPlace;
};

const randomContainer = (path: string, { id, details, site }: Container, making: Making): LooseStep => {
  const { random } = making;
  const { visible } = site;
  const inside = (below: string): readonly LooseStep[] =>
    randomList({ path: below, depth: site.depth + 1, around: visible }, making);
  const outputsOf = (steps: readonly LooseStep[]): Readonly<Record<string, string>> => ({
    v: `\${{ steps.${steps[random.below(steps.length)]?.step.id ?? ''}.outputs.v }}`,
  });
  switch (random.below(8)) {
    case 0: {
      const [then, otherwise] = [inside(`${path}/then`), inside(`${path}/else`)];
      const arms = { condition: randomQuestion(visible, random), then, ...(random.below(3) > 0 && { otherwise }) };
      return branch(id, arms, { ...details, outputs: outputsOf(then) });
    }
    case 1: {
      const cases = { 0: inside(`${path}/0`), 1: inside(`${path}/1`) };
      const otherwise = inside(`${path}/default`);
      const value = randomValue(visible, random);
      return switchOn(id, { value, cases, ...(random.below(2) === 0 && { otherwise }) }, details);
    }
    case 2:
      return randomLoop(path, { id, details, site }, making);
    case 3: {
      const items = [`\${{ ${randomValue(visible, random)} }}`, 'same', 'same', 7].slice(random.below(4));
      const body = inside(`${path}[]`);
      const limit = random.below(2) === 0 ? { maxParallel: 1 + random.below(2) } : {};
      return fanOut(id, { items, body, ...limit }, { ...details, outputs: outputsOf(body) });
    }
    case 4: {
      const body = randomProcess(`${path}[]`, { id, details: { env: randomEnv(visible, random) }, site }, making);
      return fanOut(id, { items: "fromJSON('[1, 2]')", body }, details);
    }
    case 5:
      return randomCall(path, { id, details, site }, making);
    default: {
      const children = inside(path);
      const make = random.below(2) === 0 ? group : parallel;
      return make(id, children, { ...details, outputs: outputsOf(children) });
    }
  }
};

/** Its condition asks a step that says which iteration it is in. */
const randomLoop = (path: string, { id, details, site }: Container, making: Making): LooseStep => {
  const { random, acts } = making;
  const turn = `t${suffix({ ...site, path })}`;
  acts.set(`${path}[]/${turn}`, (step) => ({ output: `turn=${/\[(\d+)\][^[]*$/.exec(step)?.[1] ?? ''}\n` }));
  const around = [...site.visible, turn];
  const steps = randomList({ path: `${path}[]`, depth: site.depth + 1, around }, making);
  const condition = `steps.${turn}.outputs.turn != '${String(random.below(3))}'`;
  const asks = random.below(2) === 0 ? 'before' : 'after';
  const first = steps.map(({ needs, step }, index): LooseStep => ({
    step,
    needs: needs ?? (index === 0 ? [turn] : undefined),
  }));
  const last = steps.at(-1)?.step.id ?? '';
  const outputs = { v: `\${{ steps.${last}.outputs.v }}` };
  return loop(id, { condition, asks, steps: [script(turn), ...first.map(needing(turn))] }, { ...details, outputs });
};

/** What it sees is upstream of each step. */
const needing =
  (turn: string) =>
  ({ needs, step }: LooseStep): LooseStep => ({
    step,
    needs: needs === undefined ? undefined : [...new Set([turn, ...needs])],
  });

const randomCall = (path: string, { id, details, site }: Container, making: Making): LooseStep => {
  const { random } = making;
  const steps = randomList({ path, depth: site.depth + 1, around: [] }, making);
  const last = steps.at(-1)?.step.id ?? '';
  const called = pipeline(steps, {
    file: `${id}.yml`,
    inputs: ['channel', 'more'].map((name) => ({ name, type: 'string', required: true })),
    env: { CHANNEL: '${{ inputs.more }}' },
    outputs: { v: `\${{ steps.${last}.outputs.v }}` },
  });
  const more = `more of \${{ ${randomValue(site.visible, random)} }}`;
  return call(id, called, { ...details, with: { channel: '${{ inputs.channel }}', more } });
};

const randomValue = (visible: readonly string[], random: Random): string => {
  const id = visible[random.below(Math.max(1, visible.length))];
  return id === undefined ? 'inputs.channel' : `steps.${id}.outputs.v`;
};

const randomQuestion = (visible: readonly string[], random: Random): string =>
  `${randomValue(visible, random)} == '${String(random.below(2))}'`;

type Process = { readonly id: string; readonly details: StepDetails; readonly site: StepPlace };

const randomProcess = (path: string, { id, details, site }: Process, making: Making): LooseStep => {
  const { random, spice, acts } = making;
  const isRerun = spice.reruns === true && random.below(3) === 0;
  acts.set(path, randomAct(id, isRerun, making));
  const mustForgive = spice.failures === 'each tolerated' || (spice.failures === 'tolerated' && site.depth === 0);
  const step = {
    ...details,
    continueOnError: mustForgive || random.below(3) === 0,
    onResume: isRerun ? ('rerun' as const) : ('skip' as const),
    reads: random.below(4) === 0 ? ['src/**'] : [],
    writes: random.below(4) === 0 ? ['out/${{ inputs.channel }}'] : [],
    ...(random.below(4) === 0 && { workingDirectory: 'app/${{ env.LEVEL }}' }),
  };
  return random.below(4) === 0 ? commands(id, ['first', 'second'], step) : script(id, step);
};

/** What makes the machine ready does not fail: where it did, conditions after it would come out differently. */
const randomAct = (id: string, isRerun: boolean, { random, spice }: Making): RandomPipeline['act'] => {
  const exit = spice.failures !== undefined && random.below(4) === 0 && !isRerun ? 1 : 0;
  const steady = `v=${random.below(2)}\nsecret=${random.below(5) === 0 ? SECRET : 'none'}\n`;
  const exports = random.below(3) === 0;
  const hides = random.below(6) === 0;
  const leads = random.below(4) === 0;
  return (_, runAttempt) => ({
    exit,
    output: `${steady}time=${runAttempt}\n`,
    env: `${exports ? `EXPORT=${id}-${runAttempt}\n` : ''}${hides ? `HIDDEN=${SECRET}\n` : ''}`,
    path: leads ? `/tools/${id}/${runAttempt}\n` : '',
  });
};

/** The value of the secret that the pipeline declares, `TOKEN`. */
export const SECRET = 'hunter2-hunter2';

const randomCondition = (visible: readonly string[], random: Random): { readonly if?: string } => {
  const id = visible[random.below(Math.max(1, visible.length))];
  const seen = id === undefined ? 'inputs.channel' : `steps.${id}.outputs.v`;
  const conditions = ['always()', 'failure()', 'false', `${seen} != '1'`, `success() && ${seen} != '0'`];
  const condition = conditions[random.below(4 * conditions.length)];
  return condition === undefined ? {} : { if: condition };
};

const randomEnv = (visible: readonly string[], random: Random): Readonly<Record<string, string>> => {
  const id = visible[random.below(Math.max(1, visible.length))];
  const values = [
    'plain',
    '${{ inputs.channel }}',
    '${{ env.LEVEL }}-${{ env.EXPORT }}-${{ env.HIDDEN }}',
    '${{ run.attempt }} of ${{ github.run_attempt }} of ${{ github.sha }}',
    'Bearer ${{ env.TOKEN }}',
    ...(id === undefined
      ? []
      : [
          `\${{ steps.${id}.outputs.time }}-\${{ steps.${id}.outputs.secret }}`,
          `\${{ steps.${id}.outcome }}-\${{ steps.${id}.output.duration }}`,
        ]),
  ];
  const names = ['ONE', 'TWO', 'LEVEL', 'TOKEN'].filter(() => random.below(4) === 0);
  return Object.fromEntries(names.map((name) => [name, values[random.below(values.length)] ?? '']));
};

const shuffle = (ids: readonly string[], random: Random): readonly string[] => {
  const left = [...ids];
  return ids.flatMap(() => left.splice(random.below(left.length), 1));
};
