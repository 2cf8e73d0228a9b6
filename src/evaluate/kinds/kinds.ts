import type { Json } from '../../base/stable-json.js';
import {
  FALLBACK_NAMES,
  calledBy,
  calledFilePath,
  isContainer,
  type CommandsStep,
  type ContainerStep,
  type FallbackName,
  type Fallbacks,
  type ProcessStep,
  type ScriptStep,
  type Step,
} from '../../language/model/pipeline.js';
import { branchKind, switchKind } from './arms.js';
import { callKind } from './call.js';
import type { ContainerKind } from './container-kind.js';
import { fanOutKind } from './fan-out.js';
import { groupKind } from './group.js';
import { loopKind } from './loop.js';

type OfKind<S extends Step, K extends S['kind']> = Extract<S, { readonly kind: K }>;

const CONTAINER_KINDS: { readonly [K in ContainerStep['kind']]: ContainerKind<OfKind<ContainerStep, K>> } = {
  group: groupKind,
  parallel: groupKind,
  branch: branchKind,
  switch: switchKind,
  loop: loopKind,
  'fan-out': fanOutKind,
  pipeline: callKind,
};

/** How planning and running treat the kind of a container. */
export const containerKind = <S extends ContainerStep>(step: S): ContainerKind<S> =>
  // Each entry takes steps of its own kind; the compiler cannot follow the union through the lookup.
  CONTAINER_KINDS[step.kind] as unknown as ContainerKind<S>;

/** The scripts that a process step runs, each in its own process. */
export type Scripts = {
  readonly texts: readonly string[];
  /** Whether the next script runs after one failed. */
  readonly continues: boolean;
};

/** How planning and running treat one kind of process step. */
type ProcessKind<S extends ProcessStep> = {
  /** The parts of its definition, besides its kind, that belong to its fingerprint. */
  readonly definition: (step: S) => readonly Json[];
  readonly scripts: (step: S) => Scripts;
};

const PROCESS_KINDS: { readonly [K in ProcessStep['kind']]: ProcessKind<OfKind<ProcessStep, K>> } = {
  script: {
    definition: ({ shell, run, outputFormat }: ScriptStep) => [shell ?? null, run, outputFormat ?? null],
    scripts: ({ run }: ScriptStep) => ({ texts: [run], continues: false }),
  },
  commands: {
    definition: ({ shell, commands, mode, outputFormat }: CommandsStep) => [
      ...[shell ?? null, commands, mode],
      outputFormat ?? null,
    ],
    scripts: ({ commands, mode }: CommandsStep) => ({ texts: commands, continues: mode === 'continue' }),
  },
};

const processKind = <S extends ProcessStep>(step: S): ProcessKind<S> =>
  PROCESS_KINDS[step.kind] as unknown as ProcessKind<S>;

/** The scripts of a process step. */
export const scriptsOf = (step: ProcessStep): Scripts => processKind(step).scripts(step);

/** The parts of a step's definition, besides its kind, that belong to its fingerprint. */
export const definitionOf = (step: Step): readonly Json[] =>
  isContainer(step) ? containerKind(step).definition(step) : processKind(step).definition(step);

/** Fallbacks, and the parent path of their lists. */
export type FallbackSet = { readonly path: string; readonly fallbacks: Fallbacks };

/** The fallbacks of the file that a step calls, which fire inside those of the step; undefined without a call. */
export const calledFallbacks = (step: Step, path: string): FallbackSet | undefined => {
  const called = calledBy(step);
  return called === undefined ? undefined : { path: calledFilePath(path), fallbacks: called.fallbacks };
};

/** The fallbacks that a step or the file it calls declares, in the order in which they can fire. */
export const declaredFallbacks = (step: Step): readonly FallbackName[] => {
  const called = calledFallbacks(step, '')?.fallbacks;
  return FALLBACK_NAMES.filter((name) => step.fallbacks[name] !== undefined || called?.[name] !== undefined);
};
