import type { Json } from '../base/stable-json.js';
import type { FallbackName, StepKind } from '../language/model/pipeline.js';

/** How a step or attempt ended. `failed` is the user's command; `errored` is Savepoint or the machine. */
export type Status = 'succeeded' | 'failed' | 'timed_out' | 'aborted' | 'errored' | 'skipped' | 'waiting';

/** The reason a step was aborted. */
export type AbortCause = 'signal' | 'earlier-failure' | 'timeout-of-container' | 'gate';

/**
 * Identity of a step's definition and inputs, in parts so that a change can be named.
 * Each part is a digest; `docs/format.md` says what goes into it.
 */
export type Fingerprint = {
  readonly definition: string;
  readonly directory: string;
  readonly env: string;
  /** Values read by its conditions, its item, the inputs of a called pipeline; empty without any. */
  readonly values: string;
  readonly reads: string;
  readonly needs: string;
};

/** Exports of a step through `GITHUB_ENV` and `GITHUB_PATH`; `withheld` names variables whose values held a secret. */
export type Exports = {
  readonly env: Readonly<Record<string, string>>;
  readonly path: readonly string[];
  readonly withheld?: readonly string[];
};

/** The results of a finished step, as far as they may be stored. */
export type Produced = {
  readonly duration_ms: number;
  /** 124 timed out, 127 cannot spawn, 128+n ended by signal n; absent on containers and where nothing ran. */
  readonly exit_code?: number;
  readonly outputs?: Readonly<Record<string, Json>>;
  /** Names of outputs that held a secret: they worked in that run and are not stored. */
  readonly withheld?: readonly string[];
  readonly exports?: Exports;
  /** The last 64 KiB of each stream, kept only where an expression reads them. */
  readonly stdout?: string;
  readonly stderr?: string;
  /** Checks with the level warning that did not hold, one line each. */
  readonly warnings?: readonly string[];
};

/** The results of a failed step, with a one-line error. */
type Failure = Produced & { readonly error: string };

/** An event without its stamp. Property names are those on disk. */
export type EventBody =
  | {
      readonly type: 'run_started';
      readonly pipeline: string;
      readonly file: string;
      readonly inputs: Readonly<Record<string, Json>>;
      readonly commit?: string;
    }
  | { readonly type: 'run_resumed'; readonly inputs: Readonly<Record<string, Json>>; readonly commit?: string }
  /** Counts steps that start processes. */
  | { readonly type: 'plan_made'; readonly to_run: number; readonly to_restore: number }
  | {
      readonly type: 'step_started';
      readonly step: string;
      readonly kind: StepKind;
      readonly name: string;
      readonly because: string;
      readonly fingerprint: Fingerprint;
      /** It runs again only for its effects (`on_resume: rerun`, withheld outputs); later steps stay valid. */
      readonly refresh?: true;
      /** Its previous choice (an arm, iterations, items) no longer holds: it chooses again. */
      readonly rechoose?: true;
    }
  /** `pid` is the process group; with `process_start` it identifies the process across pid reuse. */
  | {
      readonly type: 'attempt_started';
      readonly step: string;
      readonly try: number;
      readonly pid: number;
      readonly process_start: string;
    }
  | {
      readonly type: 'attempt_failed';
      readonly step: string;
      readonly try: number;
      readonly status: Status;
      readonly error: string;
      readonly exit_code: number;
      /** Milliseconds until the next attempt; absent after the last one. */
      readonly next_in_ms?: number;
    }
  | ({ readonly type: 'step_succeeded'; readonly step: string } & Produced)
  | ({ readonly type: 'step_failed'; readonly step: string; readonly status: 'failed' | 'errored' } & Failure)
  | ({ readonly type: 'step_timed_out'; readonly step: string } & Failure)
  | ({ readonly type: 'step_continue_on_error'; readonly step: string; readonly status: Status } & Failure)
  | ({ readonly type: 'step_aborted'; readonly step: string; readonly by: AbortCause } & Failure)
  | {
      readonly type: 'step_skipped';
      readonly step: string;
      readonly name: string;
      readonly because: string;
      /** A failure or an abort kept it from starting, not its own condition. */
      readonly held?: true;
    }
  | { readonly type: 'step_restored'; readonly step: string; readonly because: string }
  /** The list of a branch or switch that runs. `to_run`: how many steps that start processes this adds to the plan. */
  | { readonly type: 'arm_chosen'; readonly step: string; readonly arm: string; readonly to_run: number }
  /** The result of a loop's condition before an iteration, numbered from 0. */
  | {
      readonly type: 'loop_decided';
      readonly step: string;
      readonly iteration: number;
      readonly goes_on: boolean;
      readonly to_run: number;
    }
  /** The list of a fan-out. `from` gives each item's previous index, null for a new item; absent: all are new. */
  | {
      readonly type: 'items_listed';
      readonly step: string;
      readonly items: readonly Json[];
      readonly from?: readonly (number | null)[];
      /** Items held a secret and are not stored as they are. */
      readonly withheld?: true;
      readonly to_run: number;
    }
  /** `step` is empty for a fallback of the pipeline. This event is also the claim that lets it run at most once. */
  | {
      readonly type: 'fallback_started';
      readonly step: string;
      readonly fallback: FallbackName;
      readonly to_run: number;
    }
  | {
      readonly type: 'fallback_finished';
      readonly step: string;
      readonly fallback: FallbackName;
      readonly status: Status;
      readonly duration_ms: number;
      readonly error?: string;
    }
  /** The run attempt was interrupted: its running steps are aborted now, and the run once its fallbacks have run. */
  | { readonly type: 'late_abortion'; readonly steps: readonly string[] }
  /** The workspace after `step` was saved and can be restored elsewhere; `bytes` were stored. */
  | { readonly type: 'checkpoint_saved'; readonly step: string; readonly sequence: number; readonly bytes: number }
  | { readonly type: 'checkpoint_failed'; readonly step: string; readonly error: string }
  | {
      readonly type: 'run_succeeded';
      /** Only a chosen part ran (`--only`); the rest is as it was. */
      readonly partial?: true;
      readonly warnings: readonly string[];
      readonly outputs: Readonly<Record<string, Json>>;
    }
  | {
      readonly type: 'run_failed';
      readonly failed_step: string;
      readonly error: string;
      readonly warnings: readonly string[];
    }
  | { readonly type: 'run_aborted'; readonly by: AbortCause; readonly warnings: readonly string[] };

/** Fields that every event has. */
export type Stamp = {
  readonly v: 1;
  /** Rises by one over all attempts of a run and never repeats. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly run: string;
  /** The run attempt, from 1. */
  readonly attempt: number;
};

/** One line of the journal: an event with its time, run and attempt. */
export type RunEvent = Stamp & EventBody;
