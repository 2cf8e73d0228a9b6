import { never } from '../base/assert.js';
import type { FallbackName } from '../language/model/pipeline.js';
import type { RunEvent } from '../state/event.js';
import { isInFallback } from '../state/in-fallback.js';
import { holdsSteps, type RunState, type StepRecord } from '../state/run-state.js';
import { addedSteps, flowLine, type FlowLine } from './step/flow-lines.js';
import type { Heading, QuietStep } from './step/step-lines.js';

/** What either display remembers between events. */
export type DisplayState = {
  /** Show for every step why it runs, not only in a resumed run. */
  readonly explainsAll: boolean;
  /** Number of steps that started, were kept or were skipped in this attempt. */
  readonly position: number;
  readonly total: number;
  /** When this attempt started, in milliseconds since 1970; undefined before that. */
  readonly startedAt: number | undefined;
  /** The running steps of an interrupted attempt, until it is known whether a cleanup runs for it. */
  readonly interrupted: readonly string[] | undefined;
};

/** One thing to show for an event. Each display renders it in its own way, or not at all. */
export type DisplayItem =
  /** An attempt of the run begins. */
  | { readonly kind: 'run' }
  /** A step that starts processes begins. */
  | { readonly kind: 'step'; readonly step: string; readonly heading: Heading }
  /** A process of a step starts. */
  | { readonly kind: 'try' }
  /** A step was kept or skipped; consecutive ones are shown together, before the next line. */
  | { readonly kind: 'quiet'; readonly step: QuietStep }
  | { readonly kind: 'result'; readonly step: StepRecord }
  /** A choice, a retry or a fallback. */
  | ({ readonly kind: 'flow' } & FlowLine)
  /** The owner of a fallback prints nothing while the fallback runs. */
  | { readonly kind: 'pause'; readonly step: string }
  | { readonly kind: 'unpause'; readonly step: string; readonly after: FallbackName }
  /** The previous attempt was interrupted while it ran these steps. */
  | { readonly kind: 'interrupted'; readonly steps: readonly string[] }
  /** Whether a cleanup runs for that attempt. */
  | { readonly kind: 'cleanup'; readonly steps: readonly string[]; readonly runs: boolean }
  | { readonly kind: 'end' };

/** The state of a display after an event, and what to show for it. */
export type FoldedDisplay = { readonly shown: DisplayState; readonly items: readonly DisplayItem[] };

/** The state of a display before the first event. */
export const newDisplayState = (explainsAll: boolean): DisplayState => ({
  explainsAll,
  position: 0,
  total: 0,
  startedAt: undefined,
  interrupted: undefined,
});

/** How long this attempt has taken, in milliseconds; 0 before it starts. */
export const elapsedMs = ({ startedAt }: DisplayState, { updatedAt }: RunState): number =>
  startedAt === undefined ? 0 : Math.max(0, updatedAt - startedAt);

/** What to show for an event; `run` is the state after it. */
export const foldDisplay = (shown: DisplayState, event: RunEvent, run: RunState): FoldedDisplay => {
  switch (event.type) {
    case 'run_started':
    case 'run_resumed':
      return { shown: { ...shown, startedAt: event.at, position: 0 }, items: [{ kind: 'run' }] };
    case 'plan_made':
      return { shown: { ...shown, total: event.to_run + event.to_restore }, items: [] };
    case 'step_started':
      return startStep(shown, run.steps.get(event.step), run);
    case 'attempt_started':
      return { shown, items: [{ kind: 'try' }] };
    case 'step_skipped':
      return addQuiet(shown, event);
    case 'step_restored':
      return restoreStep(shown, event.because, run.steps.get(event.step));
    case 'step_succeeded':
    case 'step_failed':
    case 'step_timed_out':
    case 'step_continue_on_error':
    case 'step_aborted':
      return { shown, items: resultOf(run.steps.get(event.step)) };
    case 'attempt_failed':
    case 'arm_chosen':
    case 'loop_decided':
    case 'items_listed':
      return { shown: withAdded(shown, event), items: flowOf(event) };
    case 'fallback_started':
      return {
        shown: { ...withAdded(shown, event), interrupted: undefined },
        items: [...cleanupOf(shown, true), { kind: 'pause', step: event.step }, ...flowOf(event)],
      };
    case 'fallback_finished':
      return { shown, items: [{ kind: 'unpause', step: event.step, after: event.fallback }] };
    case 'late_abortion':
      return { shown: { ...shown, interrupted: event.steps }, items: [{ kind: 'interrupted', steps: event.steps }] };
    case 'checkpoint_saved':
    case 'checkpoint_failed':
      return { shown, items: [] };
    case 'run_succeeded':
    case 'run_failed':
    case 'run_aborted':
      return { shown: { ...shown, interrupted: undefined }, items: [{ kind: 'end' }, ...cleanupOf(shown, false)] };
    default:
      return never(event);
  }
};

/** Containers are neither announced nor counted, only their steps. */
const startStep = (shown: DisplayState, step: StepRecord | undefined, run: RunState): FoldedDisplay => {
  if (step === undefined || holdsSteps(step)) return { shown, items: [] };
  const position = shown.position + 1;
  const { total } = shown;
  const saysWhy = shown.explainsAll || (run.attempt > 1 && !isInFallback(step.path));
  const heading = {
    position: Math.min(position, total),
    total,
    name: step.name,
    ...(saysWhy && { because: step.because }),
  };
  return { shown: { ...shown, position }, items: [{ kind: 'step', step: step.path, heading }] };
};

const restoreStep = (shown: DisplayState, because: string, step: StepRecord | undefined): FoldedDisplay =>
  step === undefined || holdsSteps(step)
    ? { shown, items: [] }
    : addQuiet(shown, { name: step.name, because, keptFrom: step.runAttempt });

const addQuiet = (shown: DisplayState, step: QuietStep): FoldedDisplay => ({
  shown: { ...shown, position: shown.position + 1 },
  items: [{ kind: 'quiet', step }],
});

const resultOf = (step: StepRecord | undefined): readonly DisplayItem[] =>
  step === undefined ? [] : [{ kind: 'result', step }];

const withAdded = (shown: DisplayState, event: RunEvent): DisplayState => ({
  ...shown,
  total: shown.total + addedSteps(event),
});

const flowOf = (event: RunEvent): readonly DisplayItem[] => {
  const line = flowLine(event);
  return line === undefined ? [] : [{ kind: 'flow', ...line }];
};

const cleanupOf = ({ interrupted }: DisplayState, runs: boolean): readonly DisplayItem[] =>
  interrupted === undefined ? [] : [{ kind: 'cleanup', steps: interrupted, runs }];
