import type { Result } from '../../base/result.js';

/** A file of the workspace. */
export type FoundFile = {
  /** Relative to the workspace. */
  readonly path: string;
  readonly sizeBytes: number;
};

/**
 * The operations on workspace files that plans and runs need.
 * - Globs are relative to the workspace and never lead out of it.
 * - "No match" is ok; "could not look" is an error.
 */
export type WorkspaceFiles = {
  /** Digest over names and contents of all files that the globs match; equal content gives equal digests. */
  readonly digest: (globs: readonly string[]) => Promise<Result<string>>;
  /** The first glob that matches nothing; undefined when each matches something. */
  readonly firstMissing: (globs: readonly string[]) => Promise<Result<string | undefined>>;
  /** Removes matching files changed at or after `sinceMs` (epoch) that git does not track; returns their number. */
  readonly removeUnfinished: (globs: readonly string[], sinceMs: number) => Promise<Result<number>>;
  /** The files that a glob matches, ordered by name. */
  readonly match: (glob: string) => Promise<Result<readonly FoundFile[]>>;
  /** The text of a file, by its path relative to the workspace; an error when it is larger than `limitBytes`. */
  readonly readText: (path: string, limitBytes: number) => Promise<Result<string>>;
  /** Makes folders inside the workspace, and their parents. Takes absolute paths; existing folders are ok. */
  readonly makeFolders: (folders: readonly string[]) => Result<void>;
  /** GitHub's `hashFiles()`: SHA-256 in hex over the matching files, empty text when none matches. */
  readonly hashFiles: (patterns: readonly string[]) => string;
};
