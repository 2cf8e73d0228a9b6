import { isContainer, stepPath, type Pipeline, type Step } from '../language/pipeline.js';

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

/** What this run will do with each step. A path without a decision runs for the default reason. */
export type Plan = {
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly defaultDecision: Decision;
  /** Whether any step runs. */
  readonly hasWork: boolean;
};

/** What a plan says of one step. */
export const decisionFor = (plan: Plan, path: string): Decision => plan.decisions.get(path) ?? plan.defaultDecision;

/** One line of a plan for people. */
export type PlanLine = {
  readonly path: string;
  readonly name: string;
  /** 0 at the top. */
  readonly depth: number;
  readonly decision: Decision;
};

/** The plan step by step, in the order of the file, containers before what they hold. */
export const planLines = (pipeline: Pipeline, plan: Plan): readonly PlanLine[] => linesOf(pipeline.steps, plan, '');

const linesOf = (steps: readonly Step[], plan: Plan, listPath: string): readonly PlanLine[] =>
  steps.flatMap((step) => {
    const path = stepPath(listPath, step);
    const line = { path, name: step.name, depth: depthOf(listPath), decision: decisionFor(plan, path) };
    return isContainer(step) ? [line, ...linesOf(step.steps, plan, path)] : [line];
  });

const depthOf = (listPath: string): number => (listPath === '' ? 0 : listPath.split('/').length);

/** How many steps that start processes a plan runs, and how many it keeps. */
export const countSteps = (pipeline: Pipeline, plan: Plan): { readonly toRun: number; readonly toRestore: number } => {
  const decisions = processPaths(pipeline.steps, '').map((path) => decisionFor(plan, path).do);
  return {
    toRun: decisions.filter((what) => what === 'run' || what === 'skip').length,
    toRestore: decisions.filter((what) => what === 'restore').length,
  };
};

/** Paths of the steps that start processes. */
export const processPaths = (steps: readonly Step[], listPath: string): readonly string[] =>
  steps.flatMap((step) => {
    const path = stepPath(listPath, step);
    return isContainer(step) ? processPaths(step.steps, path) : [path];
  });
