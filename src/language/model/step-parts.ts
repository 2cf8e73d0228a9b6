import type { Json } from '../../base/stable-json.js';

/** Text that may hold `${{ }}` parts; evaluated when its step starts. */
export type Template = string;

/** The text of an expression without the surrounding `${{ }}`. */
export type Condition = string;

/** The effect of a failed check: the step fails, or the run has a warning. */
export type CheckLevel = 'error' | 'warning';

/** One check on what a step produced. */
export type Check = FilesCheck | OutputCheck | ConditionCheck;

/** Requires files to exist, be large enough and match a schema. */
export type FilesCheck = {
  readonly kind: 'files';
  readonly level: CheckLevel;
  /** A glob relative to the workspace. */
  readonly path: Template;
  /** At least 1. */
  readonly minCount: number;
  /** Minimum size of each file. */
  readonly minSizeBytes?: number;
  /** JSON Schema for each file; a schema file is relative to the workspace. */
  readonly schema?: { readonly file: Template } | { readonly inline: Json };
};

/** Requires an output of the step to match a JavaScript regular expression. */
export type OutputCheck = {
  readonly kind: 'output';
  readonly level: CheckLevel;
  readonly name: string;
  readonly matches: string;
};

/** Requires an expression, which can read the step itself, to be true. */
export type ConditionCheck = { readonly kind: 'that'; readonly level: CheckLevel; readonly condition: Condition };

/** When and how often to retry a step. */
export type Retry = {
  /** Total number of attempts, at least 1. */
  readonly attempts: number;
  /** Delay before the second attempt. */
  readonly delayMs: number;
  /** Factor from one delay to the next, at least 1. */
  readonly factor: number;
  /** Undefined: no limit. */
  readonly maxDelayMs?: number;
  /** Random variation of each delay, up or down, as a fraction from 0 to 1. */
  readonly jitter: number;
  /** Failures with other exit codes are not retried; undefined: any code is. */
  readonly exitCodes?: readonly number[];
  /** A JavaScript regular expression; failures without a match in the last 64 KiB of output are not retried. */
  readonly match?: string;
  readonly on: readonly ('failure' | 'timeout')[];
  /** A script that runs at the beginning of every attempt but the first. */
  readonly before?: string;
};
