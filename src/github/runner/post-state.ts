import { saveState } from '@actions/core';
import { isPlainObject } from '../../base/stable-json.js';
import type { JobIdentity } from './job-identity.js';

/** The state that main saves for `post`, which gets it even if main is killed. */
export type PostState = {
  readonly version: 1;
  readonly identity: JobIdentity;
  /** Absolute: `RUNNER_TEMP`, where the folder of this start is. */
  readonly tempDir: string;
  /** Absolute. */
  readonly workDir: string;
};

const NAME = 'savepoint';

/** Saves the state for `post`; the last one saved counts. */
export const savePostState = (state: PostState): void => {
  saveState(NAME, JSON.stringify(state));
};

/** Reads the state that main saved; undefined if main saved none, or a different version. */
export const readPostState = (env: Readonly<Record<string, string | undefined>>): PostState | undefined => {
  const value = parse(env[`STATE_${NAME}`] ?? '');
  // The cast is safe: the runner passes the state from main of the same step and version.
  return isPlainObject(value) && value['version'] === 1 ? (value as PostState) : undefined;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
