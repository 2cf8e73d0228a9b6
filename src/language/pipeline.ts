import type { Json } from '../base/stable-json.js';

/** Text that may hold `${{ }}` parts; evaluated when the step it belongs to starts. */
export type Template = string;

/** A condition: expression text without the surrounding `${{ }}`. */
export type Condition = string;

/** What a failure does to the rest of its list: see `docs/format.md`, "failure". */
export type FailureMode = 'finish' | 'keep_going' | 'fail_fast';

/** A pipeline file after reading: complete, checked, with every default applied. */
export type Pipeline = {
  /** Display name; the file's base name without extension when the file gives none. */
  readonly name: string;
  /** The file as it was named, for messages. */
  readonly file: string;
  /** Relative to the workspace. */
  readonly workDir: string;
  readonly inputs: readonly InputSpec[];
  readonly env: Readonly<Record<string, Template>>;
  /** Names of environment variables whose values are masked and never stored. */
  readonly secrets: readonly string[];
  readonly failure: FailureMode;
  /** Undefined: as many as there are processors, at least 2. */
  readonly maxParallel: number | undefined;
  /** Made in the work directory before the first step. */
  readonly directories: readonly string[];
  readonly checkpoint: CheckpointSettings;
  readonly steps: readonly Step[];
  readonly outputs: Readonly<Record<string, Template>>;
};

/** What a checkpoint holds, and how often one is saved. Globs are relative to the workspace. */
export type CheckpointSettings = {
  /** `.` is everything. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Of all that is stored for it. */
  readonly maxSizeBytes: number;
  /** From one upload to the next. */
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

/** What every step has, whatever its kind. */
export type StepBase = {
  /** Unique among its siblings. */
  readonly id: string;
  /** Display text, a template. */
  readonly name: Template;
  /** The line of the file where the step begins, from 1. */
  readonly line: number;
  /** Positions of the siblings it waits for; the default (the previous sibling) is already applied. */
  readonly needs: readonly number[];
  readonly if?: Condition;
  readonly env: Readonly<Record<string, Template>>;
  readonly continueOnError: boolean;
  readonly onResume: 'skip' | 'rerun';
  readonly reads: readonly Template[];
  readonly writes: readonly Template[];
  readonly mutex?: string;
  /** Of one attempt; on a container, of all its children together. */
  readonly timeoutMs?: number;
};

/** What steps that start processes have on top. Defaults of containers and of the pipeline are already applied. */
export type ProcessStepBase = StepBase & {
  /** A shell's name or a command template with `{0}`; undefined: bash where there is one, else sh. */
  readonly shell?: string;
  readonly workingDirectory?: Template;
  readonly idleTimeoutMs?: number;
  /** Between TERM and KILL. */
  readonly killGraceMs: number;
  /** Whether an expression reads `output.stdout` or `output.stderr` of this step. */
  readonly captures: boolean;
};

/** `run: text` */
export type ScriptStep = ProcessStepBase & { readonly kind: 'script'; readonly run: string };

/** `commands: [text]`, each its own shell. */
export type CommandsStep = ProcessStepBase & {
  readonly kind: 'commands';
  readonly commands: readonly string[];
};

/** What containers have on top: children, and what later steps see of them. */
export type ContainerBase = StepBase & {
  readonly steps: readonly Step[];
  readonly outputs: Readonly<Record<string, Template>>;
};

/** `steps: [...]`: one after the other unless `needs` says otherwise. */
export type GroupStep = ContainerBase & { readonly kind: 'group' };

/** `parallel: [...]`: children without `needs` start together; all are waited for. */
export type ParallelStep = ContainerBase & { readonly kind: 'parallel' };

/** A step that starts processes. */
export type ProcessStep = ScriptStep | CommandsStep;

/** A step that holds other steps. */
export type ContainerStep = GroupStep | ParallelStep;

/** One step of a pipeline. */
export type Step = ProcessStep | ContainerStep;

/** Whether a step holds other steps. */
export const isContainer = (step: Step): step is ContainerStep => step.kind === 'group' || step.kind === 'parallel';

/** Path of a step below its list's path: `group/compile`, or the id alone at the top. */
export const stepPath = (listPath: string, step: Step): string =>
  listPath === '' ? step.id : `${listPath}/${step.id}`;

/** A value given for an input, checked against its declaration. */
export type InputValues = Readonly<Record<string, Json>>;
