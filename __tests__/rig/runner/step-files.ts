import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Masks } from './masks.js';
import type { StepLog } from './step-log.js';

/** The command files of one step, such as `GITHUB_OUTPUT`. */
export type StepFiles = {
  /** Their absolute paths, by name in lower case without `GITHUB_`. */
  readonly paths: Readonly<Record<FileName, string>>;
  /** Reads and removes them after the step; a mistake in one fails the step. */
  readonly process: (log: StepLog, masks: Masks) => Told;
};

/** The content of the command files of a step. */
export type Told = {
  readonly outputs: ReadonlyMap<string, string>;
  readonly env: ReadonlyMap<string, string>;
  /** In the order written; later ones come first on the search path. */
  readonly path: readonly string[];
  readonly state: ReadonlyMap<string, string>;
  /** Empty if there was none, or if it was too large and GitHub dropped it. */
  readonly summary: string;
};

type FileName = keyof typeof PREFIXES;

const PREFIXES = {
  output: 'set_output_',
  env: 'set_env_',
  path: 'add_path_',
  state: 'save_state_',
  step_summary: 'step_summary_',
} as const;
const FILE_NAMES = ['output', 'env', 'path', 'state', 'step_summary'] as const;
const MAX_SUMMARY_KIB = 1024;

/** Makes the empty files of a step below `RUNNER_TEMP`, as `FileCommandManager` in actions/runner does. */
export const makeStepFiles = (runnerTemp: string): StepFiles => {
  const folder = join(runnerTemp, '_runner_file_commands');
  const suffix = randomUUID();
  const pathOf = (name: FileName): string => join(folder, `${PREFIXES[name]}${suffix}`);
  mkdirSync(folder, { recursive: true });
  for (const name of FILE_NAMES) writeFileSync(pathOf(name), '');
  return {
    paths: Object.fromEntries(FILE_NAMES.map((name) => [name, pathOf(name)])) as Record<FileName, string>,
    process: (log, masks) => {
      const pairs = (name: FileName): ReadonlyMap<string, string> =>
        guard(() => parsePairs(textOf(pathOf(name))), { name, log }) ?? new Map<string, string>();
      const told = {
        outputs: pairs('output'),
        env: withoutBlocked(pairs('env'), log),
        path: textOf(pathOf('path'))
          .split(/\r\n|\n|\r/)
          .filter((line) => line !== ''),
        state: pairs('state'),
        summary: readSummary(pathOf('step_summary'), log, masks),
      };
      for (const name of FILE_NAMES) rmSync(pathOf(name), { force: true });
      return told;
    },
  };
};

/** Empty if the step removed it. */
const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    return '';
  }
};

const guard = <T>(work: () => T, { name, log }: { name: FileName; log: StepLog }): T | undefined => {
  try {
    return work();
  } catch (error) {
    log.fail(`Unable to process file command '${name}' successfully.`, error instanceof Error ? error.message : '');
    return undefined;
  }
};

const parsePairs = (text: string): ReadonlyMap<string, string> => {
  const pairs = new Map<string, string>();
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const [, name = '', sign, rest = ''] = /^(.*?)(=|<<)(.*)$/s.exec(line) ?? [];
    if (sign === undefined) throw new Error(`Invalid format '${line}'`);
    if (sign === '<<' && (name === '' || rest === ''))
      throw new Error(`Invalid format '${line}'. Name must not be empty`);
    if (name === '') throw new Error("Value cannot be null. (Parameter 'name')");
    const end = sign === '<<' ? lines.indexOf(rest, at + 1) : at;
    if (end === -1) throw new Error(`Invalid value. Matching delimiter not found '${rest}'`);
    pairs.set(name, sign === '<<' ? lines.slice(at + 1, end).join('\n') : rest);
    at = end;
  }
  return pairs;
};

const withoutBlocked = (env: ReadonlyMap<string, string>, log: StepLog): ReadonlyMap<string, string> => {
  const isBlocked = (name: string): boolean => name.toUpperCase() === 'NODE_OPTIONS';
  for (const name of env.keys()) {
    if (isBlocked(name)) log.annotate('error', `Can't store ${name} output parameter using '$GITHUB_ENV' command.`);
  }
  return new Map([...env].filter(([name]) => !isBlocked(name)));
};

const readSummary = (path: string, log: StepLog, masks: Masks): string => {
  const sizeBytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (sizeBytes <= MAX_SUMMARY_KIB * 1024) return masks.text(textOf(path));
  const sizeKib = Math.floor(sizeBytes / 1024);
  const limit = `supports content up to a size of ${MAX_SUMMARY_KIB}k, got ${sizeKib}k`;
  log.annotate('error', `$GITHUB_STEP_SUMMARY upload aborted, ${limit}.`);
  return '';
};
