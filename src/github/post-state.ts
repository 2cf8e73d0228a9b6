import { saveState } from '@actions/core';
import { isPlainObject } from '../base/stable-json.js';
import type { JobIdentity } from './job-identity.js';

/** What `post` knows of main, whatever became of it. */
export type PostState = {
  readonly version: 1;
  readonly identity: JobIdentity;
  /** Absolute: `RUNNER_TEMP`, where the folder of this start is. */
  readonly tempDir: string;
  /** Absolute. */
  readonly workDir: string;
};

const NAME = 'savepoint';

/** Tells `post` that main was here, the first thing that main does; and, once that is known, what is left to it. */
export const savePostState = (state?: PostState): void => {
  saveState(NAME, JSON.stringify(state ?? {}));
};

/** Whether this is `post`, which the runner starts like main but for what main saved. */
export const isPostPhase = (env: Readonly<Record<string, string | undefined>>): boolean =>
  (env[`STATE_${NAME}`] ?? '') !== '';

/** What main told; undefined when it did not get that far, or is of another version. */
export const readPostState = (env: Readonly<Record<string, string | undefined>>): PostState | undefined => {
  const value = parse(env[`STATE_${NAME}`] ?? '');
  // The runner hands on what main of the same step and version wrote.
  return isPlainObject(value) && value['version'] === 1 ? (value as PostState) : undefined;
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};
