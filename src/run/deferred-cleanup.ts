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

/** A run attempt that may have been interrupted, and the context of its fallbacks. */
export type DeferredCleanup = Omit<ContextInput, 'plan' | 'last' | 'runId' | 'abortion' | 'maxParallel'> & {
  /** The state from the run's journal; the journal of `ports` appends to it. The cleanup changes this value. */
  readonly last: RunState;
  /** Default: the file's value, else 2. */
  readonly maxParallel?: number;
  /** Time limit for all the fallbacks together, in milliseconds; default: two minutes. */
  readonly limitMs?: number;
  /**
   * Called once the claim is in the journal: saves it everywhere else the run could be found without it. If it returns
   * false, nothing fires. Not called if nothing would fire.
   */
  readonly claim: (state: RunState) => Promise<boolean>;
};

/**
 * Ends an interrupted run attempt: claims its fallbacks by `late_abortion`, fires its pending `on_abortion` and
 * `finally`, steps before the pipeline, and records `run_aborted`, all under that attempt's number. Also for an aborted
 * attempt that had no time for its fallbacks. Each fires at most once: never again after it began or was claimed.
 * Does nothing if no cleanup is pending. Returns the new state.
 *
 * Processes that the attempt left must be ended before. A stop of `scope` ends the fallbacks, as does `limitMs`.
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

/** Pending fallbacks with their rebuilt sites; warns about those that cannot fire. */
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
