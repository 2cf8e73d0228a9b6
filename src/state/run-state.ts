import type { Json } from '../base/stable-json.js';
import type { Exports, Fingerprint, Status, StepKind } from './event.js';

/** What a run is, or became. */
export type RunStatus = 'running' | 'aborted' | 'failed' | 'waiting' | 'succeeded with warnings' | 'succeeded';

/** What is known of one step: its latest start, and how that ended. */
export type StepRecord = {
  readonly path: string;
  /** Absent when the step was only ever skipped. */
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
  readonly fingerprint?: Fingerprint;
  /**
   * How it finished before it only ran again to be there, or was held back: what the steps after it rely on.
   * Absent when nothing after it relies on anything but this record.
   */
  readonly basis?: StepRecord;
  readonly tolerated: boolean;
  readonly restored: boolean;
  readonly exitCode?: number;
  readonly error?: string;
  readonly outputs: Readonly<Record<string, Json>>;
  readonly withheld: readonly string[];
  readonly exports?: Exports;
  readonly stdout?: string;
  readonly stderr?: string;
  /** When an attempt began whose half-written files may still lie around; undefined when they were cleared away. */
  readonly unfinishedSince: number | undefined;
  /** Process groups that attempts of it started, latest last; for ending orphans. */
  readonly group?: ProcessGroup;
};

/** What steps after a step rely on: its latest record, or how it finished before that. */
export const reliedOn = (record: StepRecord | undefined): StepRecord | undefined => record?.basis ?? record;

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
  /** By path, in the order of first mention. */
  readonly steps: Map<string, StepRecord>;
};

/** Whether a run came to its end with everything done, so that a resume is not called for. */
export const isFinished = ({ status, partial }: RunState): boolean =>
  !partial && (status === 'succeeded' || status === 'succeeded with warnings');
