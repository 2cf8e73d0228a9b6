import type { Json } from '../../src/base/stable-json.js';
import {
  NO_FALLBACKS,
  type Arm,
  type BranchStep,
  type CallStep,
  type CommandsStep,
  type ContainerStep,
  type FallbackName,
  type Fallbacks,
  type FanOutStep,
  type GroupStep,
  type LoopStep,
  type ParallelStep,
  type Pipeline,
  type ScriptStep,
  type Step,
  type SwitchStep,
} from '../../src/language/model/pipeline.js';

/** What a test may say of a step; `needs` are ids of siblings, by default the step before. */
export type StepDetails = Omit<Partial<ScriptStep>, 'id' | 'kind' | 'needs' | 'if'> & {
  readonly needs?: readonly string[];
  readonly if?: string;
};

/** A step whose needs are still ids. */
export type LooseStep = { readonly needs: readonly string[] | undefined; readonly step: Step };

type ContainerDetails = StepDetails & { readonly outputs?: Readonly<Record<string, string>> };

/** A step that runs a script, by default one that is named for it. */
export const script = (id: string, { needs, ...details }: StepDetails = {}): LooseStep => {
  const step: ScriptStep = { ...PLAIN, name: id, ...details, id, kind: 'script', run: details.run ?? `make ${id}` };
  return { needs, step };
};

/** A step that runs commands. */
export const commands = (
  id: string,
  texts: readonly string[],
  { needs, ...details }: StepDetails & { readonly mode?: CommandsStep['mode'] } = {},
): LooseStep => {
  const step: CommandsStep = {
    ...PLAIN,
    name: id,
    ...details,
    id,
    kind: 'commands',
    commands: texts,
    mode: details.mode ?? 'stop',
  };
  return { needs, step };
};

/** Steps one after the other. */
export const group = (id: string, steps: readonly LooseStep[], details: ContainerDetails = {}): LooseStep =>
  container<GroupStep>(id, details, { kind: 'group', steps: resolveNeeds(steps, 'sequential') });

/** Steps side by side. */
export const parallel = (id: string, steps: readonly LooseStep[], details: ContainerDetails = {}): LooseStep =>
  container<ParallelStep>(id, details, { kind: 'parallel', steps: resolveNeeds(steps, 'parallel') });

/** `if` with `then` and perhaps `else`. */
export const branch = (
  id: string,
  { condition, then, otherwise }: { readonly condition: string; readonly then: Loose; readonly otherwise?: Loose },
  details: ContainerDetails = {},
): LooseStep =>
  container<BranchStep>(id, details, {
    kind: 'branch',
    condition,
    arms: [arm('then', then), ...(otherwise === undefined ? [] : [arm('else', otherwise)])],
  });

/** `switch` with cases by text, and perhaps a default. */
export const switchOn = (
  id: string,
  {
    value,
    cases,
    otherwise,
  }: { readonly value: string; readonly cases: Readonly<Record<string, Loose>>; readonly otherwise?: Loose },
  details: ContainerDetails = {},
): LooseStep =>
  container<SwitchStep>(id, details, {
    kind: 'switch',
    value,
    arms: [
      ...Object.entries(cases).map(([text, steps]) => ({ ...arm(text, steps), text })),
      ...(otherwise === undefined ? [] : [arm('default', otherwise)]),
    ],
  });

/** `while`, or `do_while` where `asks` says `after`. */
export const loop = (
  id: string,
  {
    condition,
    steps,
    asks = 'before',
    max = 10,
  }: { readonly condition: string; readonly steps: Loose; readonly asks?: LoopStep['asks']; readonly max?: number },
  details: ContainerDetails = {},
): LooseStep =>
  container<LoopStep>(id, details, {
    kind: 'loop',
    condition,
    asks,
    maxIterations: max,
    steps: resolveNeeds(steps, 'sequential'),
  });

/** `for_each` over an expression or a list, with steps, or one script or list of commands. */
export const fanOut = (
  id: string,
  {
    items,
    body,
    maxParallel,
  }: { readonly items: string | readonly Json[]; readonly body: Loose | LooseStep; readonly maxParallel?: number },
  details: ContainerDetails = {},
): LooseStep =>
  container<FanOutStep>(id, details, {
    kind: 'fan-out',
    items: typeof items === 'string' ? { from: items } : { list: items },
    ...(maxParallel !== undefined && { maxParallel }),
    body: 'step' in body ? { one: processOf(body) } : { steps: resolveNeeds(body, 'sequential') },
  });

/** `pipeline:` with inputs. */
export const call = (
  id: string,
  called: Pipeline,
  { with: given = {}, ...details }: ContainerDetails & { readonly with?: Readonly<Record<string, string>> } = {},
): LooseStep => container<CallStep>(id, details, { kind: 'pipeline', called, with: given });

/** Fallbacks by name. */
export const fallbacks = (lists: Readonly<Partial<Record<FallbackName, Loose>>>): Fallbacks =>
  Object.fromEntries(Object.entries(lists).map(([name, steps]) => [name, resolveNeeds(steps, 'sequential')]));

/** A pipeline of these steps. */
export const pipeline = (steps: readonly LooseStep[], details: Partial<Omit<Pipeline, 'steps'>> = {}): Pipeline => ({
  name: 'release',
  file: 'savepoint.yml',
  workDir: '.work',
  inputs: [],
  env: {},
  secrets: [],
  failure: 'finish',
  maxParallel: undefined,
  directories: [],
  checkpoint: { include: ['.'], exclude: [], maxSizeBytes: 1024 ** 3, minIntervalMs: 30_000 },
  fallbacks: NO_FALLBACKS,
  outputs: {},
  warnings: [],
  ...details,
  steps: resolveNeeds(steps, 'sequential'),
});

const PLAIN = {
  line: 1,
  needs: [],
  env: {},
  continueOnError: false,
  onResume: 'skip',
  reads: [],
  writes: [],
  killGraceMs: 10_000,
  captures: false,
  expect: [],
  fallbacks: NO_FALLBACKS,
} as const;

type Loose = readonly LooseStep[];

const arm = (name: string, steps: Loose): Arm => ({ name, steps: resolveNeeds(steps, 'sequential') });

const processOf = ({ step }: LooseStep): ScriptStep | CommandsStep => {
  if (step.kind !== 'script' && step.kind !== 'commands') throw new Error('a script or commands');
  return step;
};

type Own<T extends ContainerStep> = Omit<T, keyof ScriptStep | 'outputs'> & { readonly kind: T['kind'] };

const container = <T extends ContainerStep>(
  id: string,
  { needs, ...details }: ContainerDetails,
  own: Own<T>,
): LooseStep => {
  const { killGraceMs: _grace, captures: _captures, ...plain } = PLAIN;
  const step = { ...plain, name: id, outputs: {}, ...details, id, ...own };
  // `Own` is what is left of the kind of step without the base, so that together they are one.
  return { needs, step: step as unknown as Step };
};

const resolveNeeds = (steps: readonly LooseStep[], mode: 'sequential' | 'parallel'): readonly Step[] => {
  const positions = new Map(steps.map(({ step }, index) => [step.id, index]));
  return steps.map(({ step, needs }, index) => {
    const before = mode === 'sequential' && index > 0 ? [index - 1] : [];
    return { ...step, needs: needs === undefined ? before : needs.map((id) => positionOf(id, positions)) };
  });
};

const positionOf = (id: string, positions: ReadonlyMap<string, number>): number => {
  const position = positions.get(id);
  if (position === undefined) throw new Error(`there is no sibling "${id}"`);
  return position;
};
