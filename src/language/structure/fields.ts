import type { Field, Level } from '../fields/field.js';
import * as shared from '../fields/shared-fields.js';
import { choice, count, listOf, namesTo, oneOrMore, recordOf, ruled, scalar, text } from '../fields/shape.js';
import { spellingsOf, type Spellings } from '../fields/spellings.js';
import { CHECK, CHECK_SPELLINGS, RETRY, RETRY_SPELLINGS } from '../fields/step-fields.js';
import { STEP, STEP_MARKS, STEP_SPELLINGS } from '../kinds/kind-rows.js';
import { ENV_NAME, ID, NOT_BLANK, SIZE } from '../fields/text-rules.js';

export type { Field, Level } from '../fields/field.js';

const FILE: readonly Field[] = [
  { name: 'version', shape: choice(1), about: 'Version of this file format; always 1.' },
  { name: 'name', shape: ruled(NOT_BLANK), about: "Name of the pipeline; by default the file's name." },
  { name: 'work_dir', shape: ruled(NOT_BLANK), about: 'Folder for state and logs in the workspace; by default .work.' },
  {
    name: 'inputs',
    shape: namesTo(ID, { is: 'record', of: 'input', orNothing: true }),
    about: 'Values given when the run starts; read them as ${{ inputs.<name> }}.',
  },
  shared.env,
  {
    name: 'secrets',
    shape: listOf(ruled(ENV_NAME)),
    about: 'Names of environment variables whose values are masked everywhere and never stored.',
  },
  {
    name: 'defaults',
    shape: recordOf('defaults'),
    about: 'Settings of all steps that do not set their own.',
  },
  {
    name: 'failure',
    shape: choice('finish', 'keep_going', 'fail_fast'),
    about: 'How a failed step affects the other steps of its list: finish (default), keep_going or fail_fast.',
  },
  { name: 'max_parallel', shape: count, about: 'Largest number of processes at a time; by default one per processor.' },
  {
    name: 'directories',
    shape: listOf(ruled(NOT_BLANK)),
    about: 'Folders to create in the work directory before the first step.',
  },
  {
    name: 'checkpoint',
    shape: recordOf('checkpoint'),
    about: 'Which files a checkpoint in GitHub Actions contains, and how often one is saved.',
  },
  {
    name: 'steps',
    shape: shared.steps,
    required: true,
    about: 'The steps, one after the other unless "needs" says otherwise.',
  },
  { name: 'outputs', shape: shared.outputs, about: 'Outputs of the pipeline; values may contain ${{ }}.' },
  ...shared.fallbacks,
];

const DEFAULTS: readonly Field[] = [shared.shell, shared.timeout, shared.workingDirectory, shared.retry];

const INPUT: readonly Field[] = [
  { name: 'type', shape: choice('string', 'number', 'boolean'), about: 'string (default), number or boolean.' },
  { name: 'required', shape: { is: 'boolean' }, about: 'Whether a value must be given.' },
  { name: 'default', shape: scalar(['text', 'number', 'boolean'], 'refused'), about: 'The value when none is given.' },
  { name: 'enum', shape: listOf(scalar(['text', 'number'], 'refused'), 1), about: 'The allowed values.' },
  { name: 'description', shape: text, about: 'What the input is for.' },
];

const CHECKPOINT: readonly Field[] = [
  {
    name: 'include',
    shape: oneOrMore(ruled(NOT_BLANK), 1),
    about: 'Globs of the files a checkpoint contains; by default the whole workspace.',
  },
  {
    name: 'exclude',
    shape: oneOrMore(ruled(NOT_BLANK)),
    about: 'Globs of files a checkpoint leaves out; by default none.',
  },
  { name: 'max_size', shape: ruled(SIZE), about: 'Largest stored size of a checkpoint; by default 1GiB.' },
  { name: 'min_interval', shape: shared.duration, about: 'Shortest time from one upload to the next; by default 30s.' },
];

/** Every field, by level. */
export const FIELDS: Readonly<Record<Level, readonly Field[]>> = {
  file: FILE,
  defaults: DEFAULTS,
  input: INPUT,
  checkpoint: CHECKPOINT,
  step: STEP,
  retry: RETRY,
  check: CHECK,
};

/** The keys of all supported kinds of step. */
export const KIND_KEYS: readonly string[] = STEP_MARKS.filter(({ shape }) => shape !== undefined).map(
  ({ name }) => name,
);

/** The fields that determine a kind, for the levels that have kinds. */
export const KIND_FIELDS: Readonly<Partial<Record<Level, readonly Field[]>>> = {
  step: STEP_MARKS,
  check: CHECK.filter(({ isKind }) => isKind),
};

/** Fields by every spelling of their name, by level. */
export const SPELLINGS: Readonly<Record<Level, Spellings>> = {
  file: spellingsOf(FILE),
  defaults: spellingsOf(DEFAULTS),
  input: spellingsOf(INPUT),
  checkpoint: spellingsOf(CHECKPOINT),
  step: STEP_SPELLINGS,
  retry: RETRY_SPELLINGS,
  check: CHECK_SPELLINGS,
};
