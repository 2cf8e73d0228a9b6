import type { Json } from '../base/stable-json.js';
import type { FallbackName, Step } from '../language/model/pipeline.js';

/** How a step or attempt ended, in our words. `failed` is the user's command; `errored` is us or the machine. */
export type Status = 'succeeded' | 'failed' | 'timed_out' | 'aborted' | 'errored' | 'skipped' | 'waiting';

/** The kinds of steps; all but `script` and `commands` hold other steps and start no process of their own. */
export type StepKind = Step['kind'];

/** What ended a step early. */
export type AbortCause = 'signal' | 'earlier-failure' | 'timeout-of-container' | 'gate';

/**
 * Identity of a step's definition and inputs, in parts so that a change can be named.
 * Each part is a digest; `docs/format.md` says what goes into it.
 */
export type Fingerprint = {
  readonly definition: string;
  readonly directory: string;
  readonly env: string;
  /** What the expressions that decide about it read, the item it is for, the inputs a called pipeline is given; empty: nothing. */
  readonly values: string;
  readonly reads: string;
  readonly needs: string;
};

/** What a step put into `GITHUB_ENV` and `GITHUB_PATH`; `withheld` names variables whose values held a secret. */
export type Exports = {
  readonly env: Readonly<Record<string, string>>;
  readonly path: readonly string[];
  readonly withheld?: readonly string[];
};

/** What a step that came to an end left behind, as far as it may be stored. */
export type Produced = {
  readonly duration_ms: number;
  /** 124 timed out, 127 cannot spawn, 128+n ended by signal n; absent on containers and where nothing ran. */
  readonly exit_code?: number;
  readonly outputs?: Readonly<Record<string, Json>>;
  /** Names of outputs that held a secret: they worked in their run and are not stored. */
  readonly withheld?: readonly string[];
  readonly exports?: Exports;
  /** The last 64 KiB of each stream, kept only where an expression reads them. */
  readonly stdout?: string;
  readonly stderr?: string;
  /** Checks with the level warning that did not hold, one line each. */
  readonly warnings?: readonly string[];
};

/** What a failure carries on top: one line on what went wrong. */
type Failure = Produced & { readonly error: string };

/** What happened, without the stamp. Property names are those on disk. */
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
      /** It runs only to be there again (`on_resume: rerun`, withheld outputs): steps after it stay valid. */
      readonly refresh?: true;
      /** What it had chosen before (an arm, iterations, items) does not hold any more: it chooses anew. */
      readonly rechoose?: true;
    }
  /** `pid` is the process group; with `process_start` it names the process beyond pid reuse. */
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
      /** The step is tried again after so many milliseconds; absent: that was the last attempt. */
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
      /** A failure or a stop kept it from starting, not its own condition. */
      readonly held?: true;
    }
  | { readonly type: 'step_restored'; readonly step: string; readonly because: string }
  /** Which list of a branch or switch runs. `to_run` counts the steps that start processes which this adds to the plan. */
  | { readonly type: 'arm_chosen'; readonly step: string; readonly arm: string; readonly to_run: number }
  /** What a loop's condition said before an iteration, numbered from 0. */
  | {
      readonly type: 'loop_decided';
      readonly step: string;
      readonly iteration: number;
      readonly goes_on: boolean;
      readonly to_run: number;
    }
  /** The list of a fan-out. `from` gives for each item its index in the list before, null for a new one; absent: all are new. */
  | {
      readonly type: 'items_listed';
      readonly step: string;
      readonly items: readonly Json[];
      readonly from?: readonly (number | null)[];
      /** Items hold a secret, which is not stored. */
      readonly withheld?: true;
      readonly to_run: number;
    }
  /** `step` is empty for a fallback of the pipeline. It is also the claim that makes it fire at most once. */
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
  /** The run attempt was cut off: what ran then is aborted now, and so is the run once its fallbacks have run. */
  | { readonly type: 'late_abortion'; readonly steps: readonly string[] }
  /** The workspace after `step` can be had again elsewhere; `bytes` were stored for it. */
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

/** What every event carries on top. */
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

/** One line of the journal: what happened, when, in which run and attempt. */
export type RunEvent = Stamp & EventBody;
