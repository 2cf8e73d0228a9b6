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

/** The action planned for a step, and the reason. */
export type Decision =
  | {
      readonly do: 'run';
      readonly because: string;
      /** Runs again, but the steps after it stay valid. */ readonly refresh?: true;
    }
  | { readonly do: 'restore'; readonly because: string }
  /** Expected to be skipped again; the run re-evaluates its condition. */
  | { readonly do: 'skip'; readonly because: string }
  /** Not touched; nothing is recorded. */
  | { readonly do: 'leave'; readonly because: string };

/** Whether a step runs and makes the steps that need it run again. */
export const runsForReal = (decision: Decision | undefined): boolean => decision?.do === 'run' && !decision.refresh;

/** Choices of containers by path. */
export type Choices = ReadonlyMap<string, Choice>;

/** The planned action for each step. A path without a decision gets the default one. */
export type Plan = {
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly defaultDecision: Decision;
  /** Choices of containers that are kept, by path: arms, iterations, items. All others are made again. */
  readonly choices: Choices;
  /** Whether any step runs. */
  readonly hasWork: boolean;
};

/** The decision of a plan on one step. */
export const decisionFor = (plan: Plan, path: string): Decision => plan.decisions.get(path) ?? plan.defaultDecision;

/** The decision on a step in a container that has not yet chosen whether, or how often, the step runs. */
export type OpenDecision = {
  readonly do: 'maybe';
  /** The condition it depends on, such as `if "then" is taken`, `in each iteration`, `for each item`. */
  readonly because: string;
};

/** One line of a displayed plan. */
export type PlanLine = {
  /** With `[n]` for iterations and items that are not known yet. */
  readonly path: string;
  readonly name: string;
  /** Number of containers around it; 0 at the top. */
  readonly depth: number;
  readonly decision: Decision | OpenDecision;
  /** Its choice, if it is kept. */
  readonly choice?: Choice;
  /** The fallbacks it declares, if it may run; absent if there are none. */
  readonly fallbacks?: readonly FallbackName[];
};

/** The plan in file order, each container before the steps in it. Steps of fallbacks have no lines. */
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
  // A container that is left out makes no choice.
  if ((standing.open ?? decisionFor(standing.plan, path)).do === 'leave') return [];
  const open = containerKind(step).choosing?.openLists(step, path) ?? [];
  return open.flatMap(({ because, ...list }) => linesOf(list, { ...standing, open: { do: 'maybe', because } }));
};

/** The number of process steps that a plan runs, and of those it keeps. */
export const countSteps = (pipeline: Pipeline, plan: Plan): { readonly toRun: number; readonly toRestore: number } => {
  const decisions = processPaths(pipeline.steps, '', plan.choices).map((path) => decisionFor(plan, path).do);
  return {
    toRun: decisions.filter((what) => what === 'run' || what === 'skip').length,
    toRestore: decisions.filter((what) => what === 'restore').length,
  };
};

/** Paths of the process steps, as far as containers have chosen them. */
export const processPaths = (steps: readonly Step[], listPath: string, choices: Choices): readonly string[] =>
  steps.flatMap((step) => {
    const path = stepPath(listPath, step);
    if (!isContainer(step)) return [path];
    const inner = innerList(step, path, choices.get(path));
    return inner === undefined ? [] : processPaths(inner.steps, inner.path, choices);
  });

/** The number of process steps in a list, without those that a container has yet to choose. */
export const countProcesses = (steps: readonly Step[]): number => processPaths(steps, '', NO_CHOICES).length;

/** Choices before any container has chosen. */
export const NO_CHOICES: Choices = new Map();
