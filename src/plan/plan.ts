import {
  isContainer,
  stepPath,
  type ContainerStep,
  type FallbackName,
  type Pipeline,
  type Step,
} from '../language/model/pipeline.js';
import type { InnerList } from '../evaluate/kinds/container-kind.js';
import { containerKind, declaredFallbacks } from '../evaluate/kinds/kinds.js';
import type { Choice } from '../state/run-state.js';
import { innerList } from '../evaluate/inner-list.js';

/** What a run will do with a step, and why. */
export type Decision =
  | {
      readonly do: 'run';
      readonly because: string;
      /** Runs only to be there again; what follows it stays valid. */ readonly refresh?: true;
    }
  | { readonly do: 'restore'; readonly because: string }
  /** Its condition is expected to hold it back again; the run evaluates it anew. */
  | { readonly do: 'skip'; readonly because: string }
  /** Not touched, and nothing recorded. */
  | { readonly do: 'leave'; readonly because: string };

/** Whether a step runs, and so what needs it runs again. */
export const runsForReal = (decision: Decision | undefined): boolean => decision?.do === 'run' && !decision.refresh;

/** Choices of containers by path. */
export type Choices = ReadonlyMap<string, Choice>;

/** What this run will do with each step. A path without a decision runs for the default reason. */
export type Plan = {
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly defaultDecision: Decision;
  /** What is kept of the choices that containers made, by path: arms, iterations, items. The others are made anew. */
  readonly choices: Choices;
  /** Whether any step runs. */
  readonly hasWork: boolean;
};

/** What a plan says of one step. */
export const decisionFor = (plan: Plan, path: string): Decision => plan.decisions.get(path) ?? plan.defaultDecision;

/** What a plan says of a step where a container has not chosen yet whether or how often it runs. */
export type OpenDecision = {
  readonly do: 'maybe';
  /** On what it depends, such as `if "then" is taken`, `in each iteration`, `for each item`. */
  readonly because: string;
};

/** One line of a plan for people. */
export type PlanLine = {
  /** With `[n]` for iterations and items that are not known yet. */
  readonly path: string;
  readonly name: string;
  /** How many steps it stands in; 0 at the top. */
  readonly depth: number;
  readonly decision: Decision | OpenDecision;
  /** What is kept of the choice that it made. */
  readonly choice?: Choice;
  /** The fallbacks that it declares, where it may run: each fires by how the step begins and ends. Absent: none. */
  readonly fallbacks?: readonly FallbackName[];
};

/** The plan step by step, in the order of the file, containers before what they hold. Steps of fallbacks have no lines. */
export const planLines = (pipeline: Pipeline, plan: Plan): readonly PlanLine[] =>
  linesOf({ path: '', steps: pipeline.steps }, { plan, depth: 0, open: undefined });

type Standing = { readonly plan: Plan; readonly depth: number; readonly open: OpenDecision | undefined };

const linesOf = ({ path: listPath, steps }: InnerList, standing: Standing): readonly PlanLine[] =>
  steps.flatMap((step) => {
    const { plan, depth, open } = standing;
    const path = stepPath(listPath, step);
    const choice = plan.choices.get(path);
    const decision = open ?? decisionFor(plan, path);
    const fallbacks = mayRun(decision) ? declaredFallbacks(step) : [];
    const line: PlanLine = {
      ...{ path, name: step.name, depth, decision },
      ...(choice !== undefined && { choice }),
      ...(fallbacks.length > 0 && { fallbacks }),
    };
    return isContainer(step)
      ? [line, ...linesInside(step, { path, choice }, { ...standing, depth: depth + 1 })]
      : [line];
  });

const mayRun = (decision: PlanLine['decision']): boolean => decision.do !== 'restore' && decision.do !== 'leave';

type Chosen = { readonly path: string; readonly choice: Choice | undefined };

const linesInside = (step: ContainerStep, { path, choice }: Chosen, standing: Standing): readonly PlanLine[] => {
  const inner = innerList(step, path, choice);
  if (inner !== undefined) return linesOf(inner, standing);
  // What is passed over does not come to a choice.
  if ((standing.open ?? decisionFor(standing.plan, path)).do === 'leave') return [];
  const open = containerKind(step).choosing?.openLists(step, path) ?? [];
  return open.flatMap(({ because, ...list }) => linesOf(list, { ...standing, open: { do: 'maybe', because } }));
};

/** How many steps that start processes a plan runs, and how many it keeps. */
export const countSteps = (pipeline: Pipeline, plan: Plan): { readonly toRun: number; readonly toRestore: number } => {
  const decisions = processPaths(pipeline.steps, '', plan.choices).map((path) => decisionFor(plan, path).do);
  return {
    toRun: decisions.filter((what) => what === 'run' || what === 'skip').length,
    toRestore: decisions.filter((what) => what === 'restore').length,
  };
};

/** Paths of the steps that start processes, as far as it is chosen which of them run. */
export const processPaths = (steps: readonly Step[], listPath: string, choices: Choices): readonly string[] =>
  steps.flatMap((step) => {
    const path = stepPath(listPath, step);
    if (!isContainer(step)) return [path];
    const inner = innerList(step, path, choices.get(path));
    return inner === undefined ? [] : processPaths(inner.steps, inner.path, choices);
  });

/** How many steps that start processes a list holds, without those that a container in it has to choose first. */
export const countProcesses = (steps: readonly Step[]): number => processPaths(steps, '', NO_CHOICES).length;

/** No choices: those that are still to be made. */
export const NO_CHOICES: Choices = new Map();
