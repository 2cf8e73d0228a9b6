import type { Json } from '../../base/stable-json.js';
import type { Scope } from '../../expressions/evaluate.js';
import { stepPath, type Step } from '../../language/model/pipeline.js';
import type { StepRecord } from '../../state/run-state.js';

/** The scope of expressions in a list of steps: its own steps, and those of the lists around it. */
export type ListScope = {
  /** Path of the container that holds the list; empty at the top. */
  readonly path: string;
  readonly steps: readonly Step[];
  /** By id in lower case, because expressions ignore case. */
  readonly byId: ReadonlyMap<string, Step>;
  /** Undefined at the top of a file, called files included: expressions see nothing outside their file. */
  readonly parent?: ListScope;
  readonly bindings?: Readonly<Record<ValueSource['side'], Bindings>>;
  readonly defaults?: Readonly<Record<ValueSource['side'], ScriptDefaults>>;
};

/** Defaults for the scripts of a called file, set by the call. */
export type ScriptDefaults = { readonly shell?: string; readonly workingDirectory?: string };

/** Values that a list provides to its steps and to the lists nested in it. */
export type Bindings = Readonly<Partial<Record<'inputs' | 'item' | 'index' | 'failure', Json>>>;

/** The scope of a list; `parent` is the list that holds its container. */
export const listScope = (path: string, steps: readonly Step[], parent?: ListScope): ListScope => ({
  path,
  steps,
  byId: new Map(steps.map((step) => [step.id.toLowerCase(), step])),
  ...(parent !== undefined && { parent }),
});

/** The same list with bindings, as steps and as fingerprints see them. */
export const withBindings = (list: ListScope, live: Bindings, recorded: Bindings): ListScope => ({
  ...list,
  bindings: { live, recorded },
});

/** Stands for a value that may not be stored or compared. */
export const WITHHELD = '***';

/** A stand-in for each name. */
export const standIns = (names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.map((name) => [name, WITHHELD]));

/** The facts that a host provides about its environment. */
export type Facts = { readonly github: Json; readonly runner: Json; readonly matrix: Json };

/** The source of the values in expressions. */
export type ValueSource = {
  /** The side of the bindings it uses: `live` as steps see them, `recorded` as fingerprints do. */
  readonly side: 'live' | 'recorded';
  readonly record: (path: string) => StepRecord | undefined;
  /** Outputs of a step as its expressions see them. */
  readonly outputs: (record: StepRecord) => Readonly<Record<string, Json>>;
  /** Items of a fan-out as its expressions see them; absent or undefined if they equal the stored ones. */
  readonly items?: (path: string) => readonly Json[] | undefined;
  readonly inputs: Readonly<Record<string, Json>>;
  readonly run: { readonly id: Json; readonly attempt: Json; readonly resumed: Json };
  readonly facts: Facts;
  readonly hashFiles: (patterns: readonly string[]) => string;
  /** Names of declared variables that get a stand-in instead of their value. */
  readonly hidden?: ReadonlySet<string>;
};

/** A scope that also gives the hidden variables and the script defaults. */
export type StepScope = Scope & Pick<ValueSource, 'hidden'> & { readonly defaults: () => ScriptDefaults };

/** The results of the status functions for one step. */
export type StatusView = { readonly success: boolean; readonly failure: boolean };

/** The point an expression is evaluated at: a list, a step's environment, its status functions and direct needs. */
export type Viewpoint = {
  readonly list: ListScope;
  readonly env: () => Readonly<Record<string, string>>;
  readonly status: StatusView;
  readonly step?: Step;
};

/** The scope that evaluates the expressions of one step (or of a list as a whole). */
export const scopeAt = (viewpoint: Viewpoint, source: ValueSource): StepScope => ({
  context: (root, keys) => contextValue({ root, keys, viewpoint }, source),
  functions: {
    success: () => viewpoint.status.success,
    failure: () => viewpoint.status.failure,
    cancelled: () => false,
    hashFiles: source.hashFiles,
  },
  defaults: () => defaultsOf(viewpoint.list, source),
  ...(source.hidden !== undefined && { hidden: source.hidden }),
});

const defaultsOf = (list: ListScope, { side }: ValueSource): ScriptDefaults => {
  let top = list;
  while (top.parent !== undefined) top = top.parent;
  return top.defaults?.[side] ?? NO_DEFAULTS;
};

const NO_DEFAULTS: ScriptDefaults = {};

type ContextQuestion = {
  readonly root: string;
  readonly keys: readonly string[] | undefined;
  readonly viewpoint: Viewpoint;
};

const contextValue = ({ root, keys, viewpoint }: ContextQuestion, source: ValueSource): Json => {
  switch (root) {
    case 'inputs':
      return boundValue(root, viewpoint.list, source) ?? source.inputs;
    case 'item':
    case 'index':
    case 'failure':
      return boundValue(root, viewpoint.list, source) ?? null;
    case 'env':
      return viewpoint.env();
    case 'run':
      return source.run;
    case 'github':
    case 'runner':
    case 'matrix':
      return source.facts[root];
    case 'steps':
      return stepsValue(keys ?? idsOf(viewpoint.list), viewpoint.list, source);
    case 'needs':
      return stepsValue(keys ?? needIds(viewpoint), viewpoint.list, source);
    default:
      return null;
  }
};

const boundValue = (name: keyof Bindings, list: ListScope, { side }: ValueSource): Json | undefined => {
  for (let scope: ListScope | undefined = list; scope !== undefined; scope = scope.parent) {
    const value = scope.bindings?.[side][name];
    if (value !== undefined) return value;
  }
  return undefined;
};

const idsOf = (list: ListScope): readonly string[] => list.steps.map(({ id }) => id);

const needIds = ({ list, step }: Viewpoint): readonly string[] =>
  (step?.needs ?? []).flatMap((need) => list.steps[need]?.id ?? []);

const stepsValue = (ids: readonly string[], list: ListScope, source: ValueSource): Json =>
  Object.fromEntries(ids.map((id) => [id, stepValue(findRecord(id, list, source), source)]));

const findRecord = (id: string, list: ListScope, source: ValueSource): StepRecord | undefined => {
  const wanted = id.toLowerCase();
  for (let scope: ListScope | undefined = list; scope !== undefined; scope = scope.parent) {
    const step = scope.byId.get(wanted);
    if (step !== undefined) return source.record(stepPath(scope.path, step));
  }
  return undefined;
};

const stepValue = (record: StepRecord | undefined, source: ValueSource): Json => {
  if (record === undefined) return {};
  const outcome = githubWord(record);
  const conclusion = record.tolerated ? 'success' : outcome;
  return {
    outcome,
    conclusion,
    result: conclusion,
    outputs: source.outputs(record),
    ...(record.choice?.kind === 'items' &&
      record.status !== 'skipped' && {
        results: rememberedResults(record, record.choice.items, source),
      }),
    output: {
      exit_code: record.exitCode ?? null,
      stdout: record.stdout ?? '',
      stderr: record.stderr ?? '',
      status: record.status,
      duration: record.durationMs / 1000,
    },
  };
};

const itemsOf = ({ path }: StepRecord, stored: readonly Json[], source: ValueSource): readonly Json[] =>
  (source.side === 'live' ? source.items?.(path) : undefined) ?? stored;

/** Caches the results of ended fan-outs: rebuilding them for each item of another fan-out takes quadratic time. */
const RESULTS: Readonly<Record<ValueSource['side'], WeakMap<StepRecord, Json>>> = {
  live: new WeakMap(),
  recorded: new WeakMap(),
};

const rememberedResults = (record: StepRecord, stored: readonly Json[], source: ValueSource): Json => {
  const known = RESULTS[source.side].get(record);
  if (known !== undefined) return known;
  const results = resultsOf(record, itemsOf(record, stored, source), source);
  if (record.status !== 'running') RESULTS[source.side].set(record, results);
  return results;
};

/** The result of each item of a fan-out, in list order. */
const resultsOf = ({ path }: StepRecord, items: readonly Json[], source: ValueSource): Json =>
  items.map((item, index) => {
    const record = source.record(`${path}[${String(index)}]`);
    const outcome = record === undefined ? 'skipped' : githubWord(record);
    return { item, index, outcome, outputs: record === undefined ? {} : source.outputs(record) };
  });

const githubWord = ({ status }: StepRecord): string | null => {
  switch (status) {
    case 'succeeded':
      return 'success';
    case 'failed':
    case 'timed_out':
    case 'errored':
      return 'failure';
    case 'aborted':
      return 'cancelled';
    case 'skipped':
      return 'skipped';
    case 'running':
    case 'waiting':
      return null;
  }
};
