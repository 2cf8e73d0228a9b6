import type { CommandsStep, GroupStep, ParallelStep, Pipeline, ScriptStep, Step } from '../../src/language/pipeline.js';

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
export const commands = (id: string, texts: readonly string[], { needs, ...details }: StepDetails = {}): LooseStep => {
  const step: CommandsStep = { ...PLAIN, name: id, ...details, id, kind: 'commands', commands: texts };
  return { needs, step };
};

/** Steps one after the other. */
export const group = (id: string, steps: readonly LooseStep[], details: ContainerDetails = {}): LooseStep =>
  container({ id, kind: 'group', steps: resolveNeeds(steps, 'sequential') }, details);

/** Steps side by side. */
export const parallel = (id: string, steps: readonly LooseStep[], details: ContainerDetails = {}): LooseStep =>
  container({ id, kind: 'parallel', steps: resolveNeeds(steps, 'parallel') }, details);

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
  outputs: {},
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
} as const;

type Container = Pick<GroupStep, 'id' | 'steps'> & { readonly kind: (GroupStep | ParallelStep)['kind'] };

const container = ({ id, kind, steps }: Container, { needs, ...details }: ContainerDetails): LooseStep => {
  const { killGraceMs: _grace, captures: _captures, ...plain } = PLAIN;
  return { needs, step: { ...plain, name: id, outputs: {}, ...details, id, kind, steps } };
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
