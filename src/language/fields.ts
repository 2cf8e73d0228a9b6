import { choice, listOf, namesTo, oneOrMore, ruled, scalar, text, type Shape } from './shape.js';
import { DURATION, ENV_NAME, ID, NOT_BLANK, SIZE } from './text-rules.js';

/** The keys that make a step what it is. */
export type KindKey = 'run' | 'commands' | 'steps' | 'parallel';

/** A key of the pipeline file: the one place that validation, suggestions and the published schema read. */
export type Field = {
  readonly name: string;
  /** For people, in an editor. */
  readonly about: string;
  /** Undefined: part of the design, but not supported yet. */
  readonly shape?: Shape;
  /** The spelling GitHub uses; its value may look different. */
  readonly alias?: { readonly name: string; readonly shape: Shape };
  readonly required?: true;
  /** Kinds of step it may stand on; undefined: all. */
  readonly on?: readonly KindKey[];
  /** Whether it makes a step the kind it is. */
  readonly isKind?: true;
};

/** A mapping of fixed keys in the file. */
export type Level = 'file' | 'defaults' | 'input' | 'checkpoint' | 'step';

const PROCESS: readonly KindKey[] = ['run', 'commands'];
const CONTAINER: readonly KindKey[] = ['steps', 'parallel'];

/** All kinds a step can be by now. */
export const KIND_KEYS: readonly KindKey[] = [...PROCESS, ...CONTAINER];

/** The shells that need no template. */
export const SHELLS: readonly string[] = ['bash', 'sh', 'python', 'node', 'pwsh'];

const plainValue = scalar(['text', 'number', 'boolean', 'nothing'], 'template');
const script: Shape = { is: 'text', expressions: 'script', rule: NOT_BLANK };
const steps: Shape = { is: 'steps' };
const duration = ruled(DURATION);
const globs = oneOrMore({ is: 'text', expressions: 'template', rule: NOT_BLANK });
const path: Shape = { is: 'text', expressions: 'template', rule: NOT_BLANK };

const ENV_ABOUT = 'Environment variables for everything below. Values may hold ${{ }}.';
const OUTPUTS = namesTo(ID, plainValue);

const shell: Field = {
  name: 'shell',
  shape: { is: 'text', expressions: 'script', known: SHELLS },
  about: 'bash, sh, python, node, pwsh, or a command with {0} in place of the script file.',
};
const workingDirectory: Field = {
  name: 'working_directory',
  alias: { name: 'working-directory', shape: path },
  shape: path,
  about: 'Folder that scripts start in, relative to the workspace.',
};
const timeout: Field = {
  name: 'timeout',
  alias: { name: 'timeout-minutes', shape: { is: 'number' } },
  shape: duration,
  about: 'Longest time of one attempt, such as 90s; on a group, of the whole.',
};

const later = (name: string, about: string, isKind?: true): Field => ({ name, about, ...(isKind && { isKind }) });

const fallbacks = [
  later('on_started', 'Steps to run first.'),
  later('on_success', 'Steps to run after a success.'),
  later('on_failure', 'Steps to run after a failure.'),
  later('on_abortion', 'Steps to run after an abort.'),
  later('finally', 'Steps to run at the end, however it went.'),
];

const FILE: readonly Field[] = [
  { name: 'version', shape: choice(1), about: 'Version of this file format; 1.' },
  { name: 'name', shape: ruled(NOT_BLANK), about: "Name of the pipeline; by default the file's name." },
  { name: 'work_dir', shape: ruled(NOT_BLANK), about: 'Folder for state and logs in the workspace; by default .work.' },
  {
    name: 'inputs',
    shape: namesTo(ID, { is: 'record', of: 'input', orNothing: true }),
    about: 'Values to be given at the start, read as ${{ inputs.<name> }}.',
  },
  { name: 'env', shape: namesTo(ENV_NAME, plainValue), about: ENV_ABOUT },
  {
    name: 'secrets',
    shape: listOf(ruled(ENV_NAME)),
    about: 'Names of environment variables whose values are masked everywhere and never stored.',
  },
  {
    name: 'defaults',
    shape: { is: 'record', of: 'defaults', orNothing: false },
    about: 'What steps use unless they say otherwise.',
  },
  {
    name: 'failure',
    shape: choice('finish', 'keep_going', 'fail_fast'),
    about: 'What a failure does to the rest of its list: finish (default), keep_going or fail_fast.',
  },
  { name: 'max_parallel', shape: { is: 'count' }, about: 'Most processes at a time; by default one per processor.' },
  { name: 'directories', shape: listOf(ruled(NOT_BLANK)), about: 'Folders to make in the work directory first.' },
  {
    name: 'checkpoint',
    shape: { is: 'record', of: 'checkpoint', orNothing: false },
    about: 'What a checkpoint in GitHub Actions holds, and how often one is saved.',
  },
  {
    name: 'steps',
    shape: steps,
    required: true,
    about: 'The steps, one after the other unless "needs" says otherwise.',
  },
  { name: 'outputs', shape: OUTPUTS, about: 'What the pipeline gives back; values may hold ${{ }}.' },
  ...fallbacks,
];

const DEFAULTS: readonly Field[] = [shell, timeout, workingDirectory, later('retry', 'Attempts of each step.')];

const INPUT: readonly Field[] = [
  { name: 'type', shape: choice('string', 'number', 'boolean'), about: 'string (default), number or boolean.' },
  { name: 'required', shape: { is: 'boolean' }, about: 'Whether a value must be given.' },
  { name: 'default', shape: scalar(['text', 'number', 'boolean'], 'refused'), about: 'The value when none is given.' },
  { name: 'enum', shape: listOf(scalar(['text', 'number'], 'refused'), 1), about: 'The values that are allowed.' },
  { name: 'description', shape: text, about: 'What the input is for.' },
];

const CHECKPOINT: readonly Field[] = [
  {
    name: 'include',
    shape: oneOrMore(ruled(NOT_BLANK), 1),
    about: 'Globs of what belongs to a checkpoint; by default the whole workspace.',
  },
  { name: 'exclude', shape: oneOrMore(ruled(NOT_BLANK)), about: 'Globs of what does not; by default nothing.' },
  { name: 'max_size', shape: ruled(SIZE), about: 'Largest size of a checkpoint as it is stored; by default 1GiB.' },
  { name: 'min_interval', shape: duration, about: 'Shortest time from one upload to the next; by default 30s.' },
];

const STEP: readonly Field[] = [
  { name: 'run', shape: script, isKind: true, on: ['run'], about: 'A script for the shell.' },
  {
    name: 'commands',
    shape: listOf(script, 1),
    isKind: true,
    on: ['commands'],
    about: 'Scripts, each in its own shell.',
  },
  { name: 'steps', shape: steps, isKind: true, on: ['steps'], about: 'A group: steps one after the other.' },
  { name: 'parallel', shape: steps, isKind: true, on: ['parallel'], about: 'Steps side by side; all are waited for.' },
  { name: 'id', shape: ruled(ID), about: 'Name for needs and expressions, unique in its list.' },
  {
    name: 'name',
    shape: { is: 'text', expressions: 'template', rule: NOT_BLANK },
    about: 'Display text; may hold ${{ }}.',
  },
  {
    name: 'needs',
    shape: oneOrMore(text),
    about: 'Steps of the same list to wait for. Absent: the one before. []: none.',
  },
  {
    name: 'if',
    shape: scalar(['text', 'number', 'boolean'], 'condition'),
    about: 'Condition; success() is implied unless it names success, failure, always or cancelled.',
  },
  { name: 'env', shape: namesTo(ENV_NAME, plainValue), about: ENV_ABOUT },
  workingDirectory,
  shell,
  timeout,
  { name: 'idle_timeout', shape: duration, on: PROCESS, about: 'Longest time without output.' },
  { name: 'kill_grace', shape: duration, on: PROCESS, about: 'Time between TERM and KILL; by default 10s.' },
  {
    name: 'continue_on_error',
    alias: { name: 'continue-on-error', shape: { is: 'boolean' } },
    shape: { is: 'boolean' },
    about: 'true: a failure is recorded as a warning and the run goes on.',
  },
  {
    name: 'on_resume',
    shape: choice('skip', 'rerun'),
    on: PROCESS,
    about: 'skip (default), or rerun for steps that prepare the machine rather than the workspace.',
  },
  { name: 'reads', shape: globs, on: PROCESS, about: 'Files whose content belongs to what the step is.' },
  { name: 'writes', shape: globs, on: PROCESS, about: 'Files the step makes; checked before it is skipped on resume.' },
  { name: 'mutex', shape: ruled(NOT_BLANK), about: 'Steps with the same mutex never run at the same time.' },
  { name: 'outputs', shape: OUTPUTS, on: CONTAINER, about: 'What later steps see of the steps inside.' },
  later('retry', 'Attempts in all.'),
  later('expect', 'Checks on what the step made.'),
  later('cache', 'Reuse of results across runs.'),
  later('output_format', 'How to read the output.'),
  later('mode', 'What a failing command does to the next.'),
  later('then', 'Steps when the condition holds.', true),
  later('else', 'Steps when it does not.', true),
  later('switch', 'Expression that selects a case.', true),
  later('cases', 'Steps by case.'),
  later('default', 'Steps when no case fits.'),
  later('while', 'Condition of a loop.', true),
  later('do_while', 'Condition of a loop, asked after each turn.', true),
  later('max_iterations', 'Most turns of a loop.'),
  later('for_each', 'List to run the steps for.', true),
  later('gate', 'A decision of a person.', true),
  later('pipeline', 'Another pipeline file.', true),
  later('with', 'Inputs of the other pipeline.'),
  ...fallbacks,
];

/** Every field there is, by the level it stands at. */
export const FIELDS: Readonly<Record<Level, readonly Field[]>> = {
  file: FILE,
  defaults: DEFAULTS,
  input: INPUT,
  checkpoint: CHECKPOINT,
  step: STEP,
};

/** A key as it may be written at a level: the field it means and what its value must look like. */
export type Spelling = { readonly field: Field; readonly shape: Shape | undefined };

const spellingsOf = (fields: readonly Field[]): ReadonlyMap<string, Spelling> =>
  new Map(
    fields.flatMap((field): [string, Spelling][] => [
      [field.name, { field, shape: field.shape }],
      ...(field.alias === undefined
        ? []
        : [[field.alias.name, { field, shape: field.alias.shape }] as [string, Spelling]]),
    ]),
  );

/** Fields by every way to write their name. */
export const SPELLINGS: Readonly<Record<Level, ReadonlyMap<string, Spelling>>> = {
  file: spellingsOf(FILE),
  defaults: spellingsOf(DEFAULTS),
  input: spellingsOf(INPUT),
  checkpoint: spellingsOf(CHECKPOINT),
  step: spellingsOf(STEP),
};
