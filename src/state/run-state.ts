import type { Json } from '../base/stable-json.js';
import type { FallbackName } from '../language/model/pipeline.js';
import type { AbortCause, Exports, Fingerprint, Status, StepKind } from './event.js';

/** What a run is, or became. */
export type RunStatus = 'running' | 'aborted' | 'failed' | 'waiting' | 'succeeded with warnings' | 'succeeded';

/** What is known of one step: its latest start, and how that ended. */
export type StepRecord = {
  readonly path: string;
  /** Its path when it ran, by which its log is named; absent where that is `path`. */
  readonly ranAs?: string;
  /** Absent when the step is skipped, but for a container that has begun before and was held back. */
  readonly kind?: StepKind;
  readonly name: string;
  /** `running` also means: interrupted, when no process of this run lives any more. */
  readonly status: Status | 'running';
  /** The run attempt in which it last ran or was skipped. */
  readonly runAttempt: number;
  readonly tries: number;
  readonly because: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Sequence number from which what comes after it is valid: its start, kept when it only refreshed itself. */
  readonly since: number;
  /** Of a container that was held back: as it began before, like its `choice`. */
  readonly fingerprint?: Fingerprint;
  /**
   * How it finished before it only ran again to be there, or was held back: what the steps after it rely on.
   * Absent when nothing after it relies on anything but this record.
   */
  readonly lastFinish?: StepRecord;
  readonly tolerated: boolean;
  readonly restored: boolean;
  /** What was chosen of what it holds; absent on steps that have no choice, and before it is made. */
  readonly choice?: Choice;
  /** What it had chosen when it began to choose anew; only while it has no choice. */
  readonly formerChoice?: Choice;
  /** What ended it, if it was aborted. */
  readonly cause?: AbortCause;
  /** The run was cut off while it ran: it says nothing of its own end. */
  readonly isInterrupted?: true;
  readonly exitCode?: number;
  readonly error?: string;
  readonly outputs: Readonly<Record<string, Json>>;
  readonly withheld: readonly string[];
  readonly exports?: Exports;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Checks that did not hold, but only warn. */
  readonly warnings: readonly string[];
  /** Why what it left is not here although it finished, as where a run goes on elsewhere; never recorded. */
  readonly mustRerun?: string;
  /** When an attempt began whose half-written files may still lie around; undefined when they were cleared away. */
  readonly unfinishedSince: number | undefined;
  /** Process groups that attempts of it started, latest last; for ending orphans. */
  readonly group?: ProcessGroup;
};

/** What a container does with the lists it holds, as it was decided while it ran. */
export type Choice =
  | { readonly kind: 'arm'; readonly arm: string }
  /** So many iterations began; `isOver` once the condition said so. */
  | { readonly kind: 'iterations'; readonly count: number; readonly isOver: boolean }
  | { readonly kind: 'items'; readonly items: readonly Json[]; readonly isWithheld: boolean };

/** What is known of one fallback: its latest start, and how that ended. */
export type FallbackRecord = {
  /** Path of the step it belongs to; empty for the pipeline. */
  readonly owner: string;
  readonly name: FallbackName;
  readonly status: Status | 'running';
  readonly runAttempt: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly error?: string;
  /** Paths of the steps in it, at any depth, without those of their own fallbacks; it grows while the fallback runs. */
  readonly steps: string[];
};

/** What steps after a step rely on: its latest record, or how it finished before that. */
export const reliedOn = (record: StepRecord | undefined): StepRecord | undefined => record?.lastFinish ?? record;

/** Whether a step that has begun starts processes. */
export const startsProcesses = ({ kind }: Pick<StepRecord, 'kind'>): boolean =>
  kind !== undefined && RUNS[kind] === 'processes';

/** Whether a step that has begun holds other steps. */
export const holdsSteps = (record: StepRecord): record is StepRecord & { readonly kind: StepKind } =>
  record.kind !== undefined && RUNS[record.kind] === 'steps';

/** What a step of each kind runs itself. */
const RUNS: Readonly<Record<StepKind, 'processes' | 'steps'>> = {
  script: 'processes',
  commands: 'processes',
  group: 'steps',
  parallel: 'steps',
  branch: 'steps',
  switch: 'steps',
  loop: 'steps',
  'fan-out': 'steps',
  pipeline: 'steps',
};

/** Since when files that a step writes may be half written: an attempt was interrupted, and none has begun after that. */
export const unfinishedSince = (record: StepRecord | undefined): number | undefined => {
  if (record === undefined || record.unfinishedSince !== undefined) return record?.unfinishedSince;
  const interrupted = record.status === 'running' || record.status === 'aborted';
  return interrupted ? record.startedAt : undefined;
};

/** A process group, named beyond pid reuse. */
export type ProcessGroup = { readonly pid: number; readonly processStart: string };

/** What the events of a run add up to. Only `applyEvent` changes it. */
export type RunState = {
  readonly runId: string;
  readonly pipeline: string;
  readonly file: string;
  readonly startedAt: number;
  status: RunStatus;
  /** The run attempt was cut off, and what it owed then was claimed. */
  isCleanedUpLate: boolean;
  /** It ended with only a chosen part run (`--only`); the rest is as it was. */
  partial: boolean;
  attempt: number;
  updatedAt: number;
  /** Sequence number of the last event. */
  seq: number;
  inputs: Readonly<Record<string, Json>>;
  commit: string | undefined;
  outputs: Readonly<Record<string, Json>>;
  warnings: readonly string[];
  failedStep: string | undefined;
  /** Why it failed; undefined unless it did. */
  error?: string | undefined;
  /** By path, in the order of first mention. */
  readonly steps: Map<string, StepRecord>;
  /** By the path of its list, such as `build/on_failure`, or `finally` for the pipeline's. */
  readonly fallbacks: Map<string, FallbackRecord>;
};

/** Whether a run came to its end with everything done, so that a resume is not called for. */
export const isFinished = ({ status, partial }: RunState): boolean =>
  !partial && (status === 'succeeded' || status === 'succeeded with warnings');
