import { saveState } from '@actions/core';
import { isPlainObject } from '../../base/stable-json.js';
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

/** Tells `post` what is left to it; what was told last counts. */
export const savePostState = (state: PostState): void => {
  saveState(NAME, JSON.stringify(state));
};

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
