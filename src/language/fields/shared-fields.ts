import type { Field } from './field.js';
import { count, namesTo, recordOf, ruled, scalar, type Shape } from './shape.js';
import { DURATION, ENV_NAME, ID, NOT_BLANK } from './text-rules.js';

/** The shells that need no template. */
export const SHELLS: readonly string[] = ['bash', 'sh', 'python', 'node', 'pwsh'];

/** A duration. */
export const duration: Shape = ruled(DURATION);

/** A path or glob that may hold `${{ }}`. */
export const path: Shape = { is: 'text', expressions: 'template', rule: NOT_BLANK };

/** A script, which may not hold `${{ }}`, because a value must not become code. */
export const script: Shape = { is: 'text', expressions: 'script', rule: NOT_BLANK };

/** A list of steps. */
export const steps: Shape = { is: 'steps' };

const plainValue = scalar(['text', 'number', 'boolean', 'nothing'], 'template');

/** The shape of `outputs`. */
export const outputs: Shape = namesTo(ID, plainValue);

/** The shape of `with`. */
export const given: Shape = namesTo(ID, plainValue);

/** `env`, of the file and of a step. */
export const env: Field = {
  name: 'env',
  shape: namesTo(ENV_NAME, plainValue),
  about: 'Environment variables for the scripts at this level and below. Values may contain ${{ }}.',
};

/** `shell`, of a step and in `defaults`. */
export const shell: Field = {
  name: 'shell',
  shape: { is: 'text', expressions: 'script', known: SHELLS },
  about: 'bash, sh, python, node, pwsh, or a command with {0} in place of the script file.',
};

/** `working_directory`, of a step and in `defaults`. */
export const workingDirectory: Field = {
  name: 'working_directory',
  alias: { name: 'working-directory', shape: path },
  shape: path,
  about: 'Folder in which scripts start, relative to the workspace.',
};

/** `timeout`, of a step and in `defaults`. */
export const timeout: Field = {
  name: 'timeout',
  alias: { name: 'timeout-minutes', shape: { is: 'number' } },
  shape: duration,
  about: 'Time limit of one attempt, such as 90s. For a step with steps inside, the limit of the whole step.',
};

/** `retry`, in `defaults` and on steps that run scripts. */
export const retry: Field = {
  name: 'retry',
  shape: { is: 'either', plain: count, other: recordOf('retry'), wanted: 'a number of attempts or a mapping' },
  about: 'Total number of attempts, or when and how often to try again.',
};

/** The fallbacks, of the file and of a step. */
export const fallbacks: readonly Field[] = [
  { name: 'on_started', shape: steps, about: 'Steps to run first.' },
  { name: 'on_success', shape: steps, about: 'Steps to run after a success.' },
  { name: 'on_failure', shape: steps, about: 'Steps to run after a failure, also a tolerated one.' },
  { name: 'on_abortion', shape: steps, about: 'Steps to run after an abort.' },
  { name: 'finally', shape: steps, about: 'Steps to run at the end, after a success, a failure or an abort.' },
];
