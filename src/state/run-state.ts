import type { Json } from '../base/stable-json.js';
import {
  isProcessKind,
  STEP_KINDS,
  type ContainerKind,
  type FallbackName,
  type StepKind,
} from '../language/model/pipeline.js';
import type { AbortCause, Exports, Fingerprint, Status } from './event.js';

/** The status of a run. */
export type RunStatus = 'running' | 'aborted' | 'failed' | 'waiting' | 'succeeded with warnings' | 'succeeded';

/** The record of one step: its latest start, and how it ended. */
export type StepRecord = {
  readonly path: string;
  /** Its path when it ran, which names its log; absent if that is `path`. */
  readonly ranAs?: string;
  /** Absent on skipped steps, except on a container that began earlier and was held back. */
  readonly kind?: StepKind;
  readonly name: string;
  /** `running` also means interrupted, if the run is not in progress. */
  readonly status: Status | 'running';
  /** The run attempt in which it last ran or was skipped. */
  readonly runAttempt: number;
  readonly tries: number;
  readonly because: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Sequence number from which later steps are valid: its start, unchanged by a refresh. */
  readonly since: number;
  /** On a container that was held back: its fingerprint at its earlier start, like its `choice`. */
  readonly fingerprint?: Fingerprint;
  /**
   * How it finished before it was refreshed or held back; later steps rely on this.
   * Absent when later steps rely on this record itself.
   */
  readonly lastFinish?: StepRecord;
  readonly tolerated: boolean;
  readonly restored: boolean;
  /** The choice of a container; absent on steps without a choice, and before it is made. */
  readonly choice?: Choice;
  /** Its previous choice when it chooses again; only while it has no choice. */
  readonly formerChoice?: Choice;
  /** Why it was aborted, if it was. */
  readonly cause?: AbortCause;
  /** The run was interrupted while this step ran, so how it ended is unknown. */
  readonly isInterrupted?: true;
  readonly exitCode?: number;
  readonly error?: string;
  readonly outputs: Readonly<Record<string, Json>>;
  readonly withheld: readonly string[];
  readonly exports?: Exports;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Failed checks that only warn. */
  readonly warnings: readonly string[];
  /** Why its results are missing here although it finished, as after a move to another machine; never recorded. */
  readonly mustRerun?: string;
  /** Start of an attempt whose half-written files may still exist; undefined once they are removed. */
  readonly unfinishedSince: number | undefined;
  /** The process group of its latest attempt, for ending orphans. */
  readonly group?: ProcessGroup;
};

/** A decision of a container about its lists, made while it ran. */
export type Choice =
  | { readonly kind: 'arm'; readonly arm: string }
  /** The number of iterations begun; `isOver` once the condition ended the loop. */
  | { readonly kind: 'iterations'; readonly count: number; readonly isOver: boolean }
  | { readonly kind: 'items'; readonly items: readonly Json[]; readonly isWithheld: boolean };

/** The record of one fallback: its latest start, and how it ended. */
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

/** The record that later steps rely on: its last finish, else its latest record. */
export const reliedOn = (record: StepRecord | undefined): StepRecord | undefined => record?.lastFinish ?? record;

/** Whether a step that has begun starts processes. */
export const startsProcesses = ({ kind }: Pick<StepRecord, 'kind'>): boolean =>
  kind !== undefined && isProcessKind(kind);

/** Whether a step that has begun holds other steps. */
export const holdsSteps = (record: StepRecord): record is StepRecord & { readonly kind: ContainerKind } =>
  record.kind !== undefined && STEP_KINDS[record.kind] === 'container';

/** Since when a step's files may be half written: an attempt was interrupted and none has begun since. */
export const unfinishedSince = (record: StepRecord | undefined): number | undefined => {
  if (record === undefined || record.unfinishedSince !== undefined) return record?.unfinishedSince;
  const interrupted = record.status === 'running' || record.status === 'aborted';
  return interrupted ? record.startedAt : undefined;
};

/** A process group, identified across pid reuse. */
export type ProcessGroup = { readonly pid: number; readonly processStart: string };

/** The state that the events of a run add up to. Only `applyEvent` changes it. */
export type RunState = {
  readonly runId: string;
  readonly pipeline: string;
  readonly file: string;
  readonly startedAt: number;
  status: RunStatus;
  /** The run attempt was interrupted, and its pending cleanup was claimed. */
  isCleanedUpLate: boolean;
  /** Only a selected part ran (`--only`); the rest is unchanged. */
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

/** Whether a run finished with all steps done, so that there is nothing to resume. */
export const isFinished = ({ status, partial }: RunState): boolean =>
  !partial && (status === 'succeeded' || status === 'succeeded with warnings');
