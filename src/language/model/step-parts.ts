import type { Json } from '../../base/stable-json.js';

/** Text that may hold `${{ }}` parts; evaluated when the step it belongs to starts. */
export type Template = string;

/** A condition: expression text without the surrounding `${{ }}`. */
export type Condition = string;

/** What a check that does not hold means: the step fails, or the run has a warning. */
export type CheckLevel = 'error' | 'warning';

/** One check on what a step produced. */
export type Check = FilesCheck | OutputCheck | ConditionCheck;

/** Files are there, large enough and of the right form. */
export type FilesCheck = {
  readonly kind: 'files';
  readonly level: CheckLevel;
  /** A glob relative to the workspace. */
  readonly path: Template;
  /** At least 1. */
  readonly minCount: number;
  /** Of each file. */
  readonly minSizeBytes?: number;
  /** Of the JSON in each file; a file is named relative to the workspace. */
  readonly schema?: { readonly file: Template } | { readonly inline: Json };
};

/** An output of the step matches a regular expression of JavaScript. */
export type OutputCheck = {
  readonly kind: 'output';
  readonly level: CheckLevel;
  readonly name: string;
  readonly matches: string;
};

/** An expression, which sees the step itself, holds. */
export type ConditionCheck = { readonly kind: 'that'; readonly level: CheckLevel; readonly condition: Condition };

/** When a step is tried again. */
export type Retry = {
  /** In all, at least 1. */
  readonly attempts: number;
  /** Before the second attempt. */
  readonly delayMs: number;
  /** What each delay is multiplied by for the next, at least 1. */
  readonly factor: number;
  /** Undefined: no limit. */
  readonly maxDelayMs?: number;
  /** From 0 to 1: the share of each delay that is left to chance, up or down. */
  readonly jitter: number;
  /** Failures with other exit codes are final; undefined: any code. */
  readonly exitCodes?: readonly number[];
  /** Failures without a match in the last 64 KiB of output are final; a regular expression of JavaScript. */
  readonly match?: string;
  readonly on: readonly ('failure' | 'timeout')[];
  /** A script that belongs to the second attempt and those after it: it runs first. */
  readonly before?: string;
};
