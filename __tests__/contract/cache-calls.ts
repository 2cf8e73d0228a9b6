import { existsSync } from 'node:fs';
import type * as client from '@actions/cache';
import { newTempFolder } from '../machine/temp-folder.js';
import type { GitHubEmulator } from '../rig/github/start-github.js';
import type { Toolkit, ToolkitResult } from './toolkit.js';

/** The environment of a job. */
export type Env = Readonly<Record<string, string>>;

/** How a restore ended, and the file that it brought. */
export type Restored = ToolkitResult<'restoreCache'> & { readonly content: string | undefined };

/** What suites do with the cache: always with the one path `checkpoint`, each time in a folder of its own. */
export type CacheCalls = {
  /** Saves a folder with one file. */
  readonly save: (env: Env, key: string, content?: string) => Promise<ToolkitResult<'saveCache'>>;
  /** Restores the first key, with the others as restore keys, into an empty folder. */
  readonly restore: (env: Env, keys: readonly [string, ...string[]]) => Promise<Restored>;
  /** The key that a restore would find. */
  readonly lookUp: (env: Env, key: string) => Promise<string | undefined>;
};

/** The calls, made by the toolkit. */
export const cacheCalls = (toolkit: Toolkit): CacheCalls => ({
  save: async (env, key, content = 'content') => {
    using folder = newTempFolder();
    folder.write('checkpoint/file', content);
    return await toolkit.call({ call: 'saveCache', args: [['checkpoint'], key], folder: folder.path, env });
  },
  restore: async (env, [key, ...restoreKeys]) => {
    using folder = newTempFolder();
    const args: RestoreArguments = [['checkpoint'], key, restoreKeys];
    const result = await toolkit.call({ call: 'restoreCache', args, folder: folder.path, env });
    const file = 'checkpoint/file';
    return { ...result, content: existsSync(folder.at(file)) ? folder.read(file) : undefined };
  },
  lookUp: async (env, key) => {
    using folder = newTempFolder();
    const args: RestoreArguments = [['checkpoint'], key, [], { lookupOnly: true }];
    return (await toolkit.call({ call: 'restoreCache', args, folder: folder.path, env })).value;
  },
});

type RestoreArguments = Parameters<typeof client.restoreCache>;

/** The environment of a job of run 7, attempt 1. */
export const jobOn = (github: GitHubEmulator, ref = 'refs/heads/main'): Env =>
  github.environment({ runId: '7', attempt: 1, ref });

/** The methods called so far. */
export const callsOf = ({ requests }: GitHubEmulator): readonly string[] => requests.map(({ call }) => call);

/** A version for calls with no client in between. */
export const VERSION = 'a version of its own';
