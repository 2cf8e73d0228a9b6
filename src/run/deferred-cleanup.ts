import type { Plan } from '../plan/plan.js';
import { NO_CHOICES } from '../plan/plan.js';
import type { RunState } from '../state/run-state.js';
import { cleanupLimitMs } from './context/cleanup-scope.js';
import { createContext, type ContextInput } from './context/create-context.js';
import { firePending, namePending } from './fallback/fire-pending.js';
import { pendingCleanup, type PendingCleanup } from './fallback/pending-cleanup.js';
import { createRecordedSites } from './recorded-site.js';
import { rootSite } from './list/root-site.js';
import type { Engine, PendingFallbacks, RunContext } from './context/run-context.js';
import { runList } from './list/run-list.js';
import { nameOfOwner, warningsOf } from './context/run-warnings.js';

/** A run attempt that may have been cut off, and what its fallbacks run with. */
export type DeferredCleanup = Omit<ContextInput, 'plan' | 'last' | 'runId' | 'abortion' | 'maxParallel'> & {
  /** The run as its journal says; the journal of `ports` goes on after it. It is changed by what happens here. */
  readonly last: RunState;
  /** Default: as the file says, else 2. */
  readonly maxParallel?: number;
  /** Longest time the fallbacks may take, all together, in milliseconds; default: two minutes. */
  readonly limitMs?: number;
  /**
   * The claim is in the journal: saves it wherever else somebody could find the run without it. Where it says false,
   * nothing fires. Not asked where nothing would fire.
   */
  readonly claim: (state: RunState) => Promise<boolean>;
};

/**
 * Gives a run attempt that was cut off its end: claims its fallbacks by `late_abortion`, fires the `on_abortion` and
 * `finally` that it owes, steps before the pipeline, and ends it by `run_aborted`, all with its own attempt's number. Also
 * for an attempt that ended as aborted and had no time for them. At most once: what began to fire, or was claimed
 * before, never fires again. Without anything owed nothing happens. Gives back the state after that.
 *
 * Processes that the attempt left must have been ended. A stop of `scope` ends what fires, as does `limitMs`.
 */
export const runDeferredCleanup = async (input: DeferredCleanup): Promise<RunState> => {
  const { pipeline, last, limitMs = 0, maxParallel = pipeline.maxParallel ?? LEAST_PARALLEL } = input;
  const found = pendingCleanup(pipeline, last);
  if (found === undefined) return last;
  const abortion = { when: 'now', limitMs } as const;
  const whole = { ...input, maxParallel, runId: last.runId, plan: NOTHING_PLANNED, abortion };
  const context = createContext(whole, last.attempt);
  const { recorder } = context;
  if (!last.isCleanedUpLate) {
    const pendingFallbacks = rebuild(found, context);
    recorder.emit({ type: 'late_abortion', steps: found.running });
    if (pendingFallbacks.length > 0) await fireClaimed(pendingFallbacks, input, { context, runList });
  }
  recorder.emit({ type: 'run_aborted', by: 'signal', warnings: warningsOf(recorder.state()) });
  return recorder.state();
};

const LEAST_PARALLEL = 2;

const NOTHING_PLANNED: Plan = {
  decisions: new Map(),
  choices: NO_CHOICES,
  defaultDecision: { do: 'run', because: 'a fallback' },
  hasWork: true,
};

/** What is owed, with the places it fires in; what cannot fire is named. */
const rebuild = ({ pendingFallbacks, gone }: PendingCleanup, context: RunContext): readonly PendingFallbacks[] => {
  const { warn } = context.recorder;
  const root = rootSite(context);
  for (const path of gone) warn(`the pipeline no longer has the step "${path}", so nothing cleans up after it`, path);
  if (!root.ok) {
    warn(`nothing cleans up after the interrupted run: ${root.error}`);
    return [];
  }
  const sites = createRecordedSites(root.value, context);
  return pendingFallbacks.flatMap(({ owner, names }) => {
    const at = sites.ownerAt(owner);
    if (at.ok) return [{ owner: at.value, names, ended: sites.endingOf(owner) }];
    warn(`${names.join(', ')} of ${nameOfOwner(owner.path)} cannot run: ${at.error}`);
    return [];
  });
};

const fireClaimed = async (
  pendingFallbacks: readonly PendingFallbacks[],
  { claim, scope }: DeferredCleanup,
  engine: Engine,
): Promise<void> => {
  const { recorder, abortion } = engine.context;
  if (!recorder.resumable() || !(await claim(recorder.state()))) {
    recorder.warn(
      `nothing cleans up after the interrupted run, since that could not be recorded: ${namePending(pendingFallbacks)}`,
    );
    return;
  }
  const left = await firePending(pendingFallbacks, { limitMs: cleanupLimitMs(abortion), scope: scope.inner() }, engine);
  if (left.length > 0) recorder.warn(`there was no time for ${namePending(left)}`);
};
