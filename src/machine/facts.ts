import { resolve } from 'node:path';
import type { Json } from '../base/stable-json.js';
import { GITHUB_PROPERTIES } from '../expressions/known-names.js';
import { ACTION_ONLY_NAMES } from '../run/process/command-files.js';

/** The environment of this program when it started. */
export type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The current folder. */
  readonly folder: string;
  readonly platform: string;
  readonly arch: string;
  readonly tempDir: string;
  readonly hostName: string;
};

/** Facts about the machine that a run on a terminal may use. */
export type Facts = {
  /** Absolute: current folder of every step, base of every path. */
  readonly workspace: string;
  /** Absolute: where temporary files go. */
  readonly tempDir: string;
  /** Contexts for expressions, in addition to the pipeline's own. */
  readonly contexts: {
    readonly github: Readonly<Record<string, Json>>;
    readonly runner: Readonly<Record<string, Json>>;
    readonly matrix: Readonly<Record<string, Json>>;
  };
  /** Environment that steps inherit. */
  readonly env: Readonly<Record<string, string>>;
};

/** Derives the facts of a run from the program's surroundings. */
export const readFacts = (surroundings: Surroundings): Facts => {
  const { env, folder } = surroundings;
  const workspace = workspaceOf(surroundings);
  const tempDir = resolve(folder, given(env, 'RUNNER_TEMP') ?? surroundings.tempDir);
  return {
    workspace,
    tempDir,
    contexts: {
      github: { ...githubContext(env), workspace },
      runner: runnerContext(surroundings, tempDir),
      matrix: {},
    },
    env: { ...inheritedEnv(env), GITHUB_WORKSPACE: workspace },
  };
};

/** The folder of the files that the program works on; absolute. */
export const workspaceOf = ({ env, folder }: Surroundings): string =>
  resolve(folder, given(env, 'GITHUB_WORKSPACE') ?? '.');

/** An empty variable counts as unset. */
const given = (env: Surroundings['env'], name: string): string | undefined =>
  env[name] === '' ? undefined : env[name];

/** Properties that no variable may fill: a secret, and files that are new for each attempt. */
const NOT_FROM_ENV: ReadonlySet<string> = new Set(['token', 'env', 'path', 'event', 'workspace']);

const githubContext = (env: Surroundings['env']): Readonly<Record<string, Json>> =>
  Object.fromEntries(
    GITHUB_PROPERTIES.flatMap((property) => {
      const value = NOT_FROM_ENV.has(property) ? undefined : env[`GITHUB_${property.toUpperCase()}`];
      return value === undefined ? [] : [[property, value]];
    }),
  );

const OS_NAMES: Readonly<Record<string, string>> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };
const ARCH_NAMES: Readonly<Record<string, string>> = { x64: 'X64', arm64: 'ARM64', arm: 'ARM', ia32: 'X86' };

const runnerContext = (
  { env, platform, arch, hostName }: Surroundings,
  tempDir: string,
): Readonly<Record<string, Json>> => ({
  name: env['RUNNER_NAME'] ?? hostName,
  os: env['RUNNER_OS'] ?? OS_NAMES[platform] ?? platform,
  arch: env['RUNNER_ARCH'] ?? ARCH_NAMES[arch] ?? arch.toUpperCase(),
  temp: tempDir,
  ...optionalRunnerContext(env),
});

const optionalRunnerContext = (env: Surroundings['env']): Readonly<Record<string, Json>> => ({
  ...(env['RUNNER_TOOL_CACHE'] !== undefined && { tool_cache: env['RUNNER_TOOL_CACHE'] }),
  ...(env['RUNNER_DEBUG'] !== undefined && { debug: env['RUNNER_DEBUG'] }),
  ...(env['RUNNER_ENVIRONMENT'] !== undefined && { environment: env['RUNNER_ENVIRONMENT'] }),
});

const WITHHELD = /^(?:INPUT_.*|STATE_.*|GITHUB_(?:OUTPUT|ENV|PATH|STATE|STEP_SUMMARY))$/;

const inheritedEnv = (env: Surroundings['env']): Readonly<Record<string, string>> => {
  const inherited: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !WITHHELD.test(name) && !ACTION_ONLY_NAMES.includes(name)) inherited[name] = value;
  }
  return inherited;
};
