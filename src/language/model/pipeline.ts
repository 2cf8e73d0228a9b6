import { never } from '../../base/assert.js';
import type { Json } from '../../base/stable-json.js';
import type { Diagnostic } from './diagnostic.js';
import type { Check, Condition, Retry, Template } from './step-parts.js';

export type {
  Check,
  CheckLevel,
  Condition,
  ConditionCheck,
  FilesCheck,
  OutputCheck,
  Retry,
  Template,
} from './step-parts.js';
export { calledFilePath, isWithin, pathBelow, stepPath } from './step-path.js';

/** The effect of a failure on the rest of its list; see `docs/format.md`, "failure". */
export type FailureMode = 'finish' | 'keep_going' | 'fail_fast';

/** A pipeline file after reading: complete, checked, and with every default applied. */
export type Pipeline = {
  /** Display name; the file's base name without extension when the file gives none. */
  readonly name: string;
  /** The file as the user named it. */
  readonly file: string;
  /** Relative to the workspace. */
  readonly workDir: string;
  readonly inputs: readonly InputSpec[];
  readonly env: Readonly<Record<string, Template>>;
  /** Names of environment variables whose values are masked and never stored. */
  readonly secrets: readonly string[];
  readonly failure: FailureMode;
  /** Undefined: the number of processors, at least 2. */
  readonly maxParallel: number | undefined;
  /** Created in the work directory before the first step. */
  readonly directories: readonly string[];
  readonly checkpoint: CheckpointSettings;
  readonly fallbacks: Fallbacks;
  readonly steps: readonly Step[];
  readonly outputs: Readonly<Record<string, Template>>;
  /** Likely mistakes in this file and all files it calls, each once. */
  readonly warnings: readonly Diagnostic[];
};

/** The names of the fallbacks, in the order in which they can run. A step cannot use one as its id. */
export const FALLBACK_NAMES = ['on_started', 'on_success', 'on_failure', 'on_abortion', 'finally'] as const;

/** The name of a fallback of a step or pipeline. */
export type FallbackName = (typeof FALLBACK_NAMES)[number];

/** The declared fallbacks of a step or pipeline, each a list of steps. */
export type Fallbacks = Readonly<Partial<Record<FallbackName, readonly Step[]>>>;

/** No fallbacks; one shared object, because most steps have none. */
export const NO_FALLBACKS: Fallbacks = Object.freeze({});

/** The content of checkpoints and how often one is saved. Globs are relative to the workspace. */
export type CheckpointSettings = {
  /** `.` is everything. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Limit for the stored size of one checkpoint. */
  readonly maxSizeBytes: number;
  /** Minimum time between two uploads. */
  readonly minIntervalMs: number;
};

/** One declared input of a pipeline. */
export type InputSpec = {
  readonly name: string;
  readonly type: 'string' | 'number' | 'boolean';
  readonly required: boolean;
  readonly default?: string | number | boolean;
  readonly enum?: readonly (string | number)[];
  readonly description?: string;
};

/** The part that all kinds of step share. */
export type StepBase = {
  /** Unique among its siblings. */
  readonly id: string;
  /** Display text, a template. */
  readonly name: Template;
  /** The line of the file where the step begins, from 1. */
  readonly line: number;
  /** Indexes of the siblings it waits for; the default, the previous sibling, is already applied. */
  readonly needs: readonly number[];
  readonly if?: Condition;
  readonly env: Readonly<Record<string, Template>>;
  readonly continueOnError: boolean;
  readonly onResume: 'skip' | 'rerun';
  readonly reads: readonly Template[];
  readonly writes: readonly Template[];
  readonly mutex?: string;
  /** Limit for one attempt; on a container, for all its children together. */
  readonly timeoutMs?: number;
  /** Evaluated after each successful attempt; on a container, after its children have succeeded. */
  readonly expect: readonly Check[];
  readonly fallbacks: Fallbacks;
};

/** The shared part of steps that start processes, with the defaults of containers and of the pipeline applied. */
export type ProcessStepBase = StepBase & {
  /** A shell's name or a command template with `{0}`; undefined: bash if it is installed, else sh. */
  readonly shell?: string;
  readonly workingDirectory?: Template;
  readonly idleTimeoutMs?: number;
  /** Time between TERM and KILL. */
  readonly killGraceMs: number;
  /** Whether an expression reads `output.stdout` or `output.stderr` of this step. */
  readonly captures: boolean;
  /** Undefined: one attempt. */
  readonly retry?: Retry;
  /** `json`: the JSON object it prints becomes its outputs. */
  readonly outputFormat?: 'json';
};

/** `run: text` */
export type ScriptStep = ProcessStepBase & { readonly kind: 'script'; readonly run: string };

/** `commands: [text]`, each in a new shell. */
export type CommandsStep = ProcessStepBase & {
  readonly kind: 'commands';
  readonly commands: readonly string[];
  /** Whether a failed command ends the step, or the next one runs and the step fails at the end. */
  readonly mode: 'stop' | 'continue';
};

/** The shared part of containers; `outputs` is what later steps see of the steps inside. */
export type ContainerBase = StepBase & { readonly outputs: Readonly<Record<string, Template>> };

/** `steps: [...]`: one after the other unless `needs` says otherwise. */
export type GroupStep = ContainerBase & { readonly kind: 'group'; readonly steps: readonly Step[] };

/** `parallel: [...]`: children without `needs` start together; all are waited for. */
export type ParallelStep = ContainerBase & { readonly kind: 'parallel'; readonly steps: readonly Step[] };

/** One of the lists that a branch or a switch chooses from. */
export type Arm = {
  /** Its path segment: `then`, `else`, `default`, or one made from the case; unique in its step, ignoring case. */
  readonly name: string;
  /** The exact value that selects it; undefined for arms that are not cases. */
  readonly text?: string;
  readonly steps: readonly Step[];
};

/** `if` with `then` and `else`. The condition selects the arm; `if` of the base decides whether the step starts. */
export type BranchStep = ContainerBase & {
  readonly kind: 'branch';
  readonly condition: Condition;
  readonly arms: readonly Arm[];
};

/** `switch` with `cases` and `default`: runs the arm whose text equals the value. */
export type SwitchStep = ContainerBase & {
  readonly kind: 'switch';
  readonly value: Condition;
  readonly arms: readonly Arm[];
};

/** `while` or `do_while`: repeats its steps while the condition holds. Outputs are those of the latest iteration. */
export type LoopStep = ContainerBase & {
  readonly kind: 'loop';
  /** Whether the condition is evaluated before or after each iteration. */
  readonly asks: 'before' | 'after';
  readonly condition: Condition;
  /** At least 1. */
  readonly maxIterations: number;
  readonly steps: readonly Step[];
};

/** `for_each`: runs its steps, or one script, for each item of a list. Each item has its own outputs. */
export type FanOutStep = ContainerBase & {
  readonly kind: 'fan-out';
  /** An expression that returns a list, or a list whose texts may be templates. */
  readonly items: { readonly from: Condition } | { readonly list: readonly Json[] };
  /** Maximum number of concurrent items; undefined: only the limit for processes applies. */
  readonly maxParallel?: number;
  /** The steps for each item. The step of `one` gets the id and the path of its item. */
  readonly body: { readonly steps: readonly Step[] } | { readonly one: ProcessStep };
};

/** `pipeline: ./other.yml`: runs the steps of another file, which see only each other and the given inputs. */
export type CallStep = ContainerBase & {
  readonly kind: 'pipeline';
  readonly with: Readonly<Record<string, Template>>;
  /** Set on the call itself; used by scripts of the file if neither they nor the file's `defaults` set it. */
  readonly shell?: string;
  readonly workingDirectory?: Template;
  /** The called file, read and checked. The calling pipeline's `secrets` include its secrets. */
  readonly called: Pipeline;
};

/** One step of a pipeline. */
export type Step =
  ScriptStep | CommandsStep | GroupStep | ParallelStep | BranchStep | SwitchStep | LoopStep | FanOutStep | CallStep;

/** The kind of a step; each has a row in `STEP_KINDS`. */
export type StepKind = Step['kind'];

/** Every kind of step, and whether it starts processes or holds other steps. */
export const STEP_KINDS = {
  script: 'process',
  commands: 'process',
  group: 'container',
  parallel: 'container',
  branch: 'container',
  switch: 'container',
  loop: 'container',
  'fan-out': 'container',
  pipeline: 'container',
} as const satisfies Readonly<Record<StepKind, 'process' | 'container'>>;

type KindsThatAre<Sort extends (typeof STEP_KINDS)[StepKind]> = {
  [Kind in StepKind]: (typeof STEP_KINDS)[Kind] extends Sort ? Kind : never;
}[StepKind];

/** A kind of step that starts processes. */
export type ProcessKind = KindsThatAre<'process'>;

/** A kind of step that holds other steps. */
export type ContainerKind = KindsThatAre<'container'>;

/** The step type of one or more kinds. */
export type StepOf<Kind extends StepKind> = Extract<Step, { readonly kind: Kind }>;

/** A step that starts processes. */
export type ProcessStep = StepOf<ProcessKind>;

/** A step that holds other steps. */
export type ContainerStep = StepOf<ContainerKind>;

/** Whether a step holds other steps. */
export const isContainer = (step: Step): step is ContainerStep => STEP_KINDS[step.kind] === 'container';

/** Whether a kind of step starts processes. */
export const isProcessKind = (kind: StepKind): kind is ProcessKind => STEP_KINDS[kind] === 'process';

/** Every list of steps written in a step, including fallbacks, but not the lists of a file it calls. */
export const listsIn = (step: Step): readonly (readonly Step[])[] => [
  ...bodiesOf(step),
  ...Object.values(step.fallbacks),
];

const bodiesOf = (step: Step): readonly (readonly Step[])[] => {
  switch (step.kind) {
    case 'script':
    case 'commands':
    case 'pipeline':
      return [];
    case 'group':
    case 'parallel':
    case 'loop':
      return [step.steps];
    case 'branch':
    case 'switch':
      return step.arms.map(({ steps }) => steps);
    case 'fan-out':
      return ['one' in step.body ? [step.body.one] : step.body.steps];
    default:
      return never(step);
  }
};

/** The pipeline that a step calls, if any. */
export const calledBy = (step: Step): Pipeline | undefined => ('called' in step ? step.called : undefined);

/** A value given for an input, checked against its declaration. */
export type InputValues = Readonly<Record<string, Json>>;
