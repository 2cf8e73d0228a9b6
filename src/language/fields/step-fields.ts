import type { Field } from './field.js';
import * as shared from './shared-fields.js';
import { choice, condition, count, oneOrMore, recordOf, ruled, text, type Shape } from './shape.js';
import { spellingsOf } from './spellings.js';
import { ID, NOT_BLANK, SIZE } from './text-rules.js';

const template: Shape = { is: 'text', expressions: 'template', rule: NOT_BLANK };
const globs = oneOrMore(shared.path);
const exitCode: Shape = { is: 'number', whole: true, least: 0, most: 255 };

/** Kinds of step that are planned, but not supported yet. */
export const PLANNED_KINDS: readonly Field[] = [{ name: 'gate', isKind: true, about: 'A decision by a person.' }];

/** Fields of a step that are planned, but not supported yet. */
export const PLANNED_FIELDS: readonly Field[] = [{ name: 'cache', about: 'Reuses results across runs.' }];

/** The fields that a step of any kind may have, without the fallbacks. */
export const EVERY_STEP: readonly Field[] = [
  { name: 'id', shape: ruled(ID), about: 'The name that needs and expressions refer to; unique in its list.' },
  { name: 'name', shape: template, about: 'Display text; may contain ${{ }}.' },
  {
    name: 'needs',
    shape: oneOrMore(text),
    about: 'The steps of the same list to wait for; by default the one before. [] waits for none.',
  },
  {
    name: 'if',
    shape: condition,
    about: 'Condition; success() is implied unless it names success, failure, always or cancelled.',
  },
  shared.env,
  shared.workingDirectory,
  shared.shell,
  shared.timeout,
  {
    name: 'continue_on_error',
    alias: { name: 'continue-on-error', shape: { is: 'boolean' } },
    shape: { is: 'boolean' },
    about: 'If true, a failure is recorded as a warning and the run continues.',
  },
  {
    name: 'expect',
    shape: {
      is: 'list',
      of: recordOf('check'),
      least: 1,
      orOne: true,
    },
    about: 'Checks on the results of the step, before other steps use them.',
  },
  { name: 'mutex', shape: ruled(NOT_BLANK), about: 'Steps with the same mutex never run at the same time.' },
];

/** The fields of a step that starts processes. */
export const PROCESS_FIELDS: readonly Field[] = [
  { name: 'idle_timeout', shape: shared.duration, about: 'Longest time without output before the step is stopped.' },
  { name: 'kill_grace', shape: shared.duration, about: 'Time between the TERM and KILL signals; by default 10s.' },
  shared.retry,
  {
    name: 'on_resume',
    shape: choice('skip', 'rerun'),
    about: 'skip (default) or rerun. Use rerun for steps that prepare the machine rather than the workspace.',
  },
  {
    name: 'reads',
    shape: globs,
    about: 'Files the step depends on; if their content changed, the step runs again on resume.',
  },
  { name: 'writes', shape: globs, about: 'Files the step writes; if they are missing, the step runs again on resume.' },
  {
    name: 'output_format',
    shape: choice('json'),
    about: 'json: the step prints one JSON object, whose fields become its outputs.',
  },
];

/** `outputs` of a step that holds steps. */
export const STEP_OUTPUTS: Field = {
  name: 'outputs',
  shape: shared.outputs,
  about: 'Outputs that later steps can read, taken from the steps inside.',
};

/** The fields of `retry`. */
export const RETRY: readonly Field[] = [
  { name: 'attempts', shape: count, required: true, about: 'Total number of attempts.' },
  { name: 'delay', shape: shared.duration, about: 'Time before the second attempt; by default 0s.' },
  { name: 'factor', shape: { is: 'number', least: 1 }, about: 'Factor from one delay to the next; by default 2.' },
  { name: 'max_delay', shape: shared.duration, about: 'Longest delay.' },
  {
    name: 'jitter',
    shape: { is: 'number', least: 0, most: 1 },
    about: 'Random share added to or taken from each delay; by default 0.',
  },
  { name: 'exit_codes', shape: oneOrMore(exitCode, 1), about: 'Only failures with these exit codes are tried again.' },
  {
    name: 'match',
    shape: ruled(NOT_BLANK),
    about: 'Only failures whose output matches this regular expression are tried again.',
  },
  {
    name: 'on',
    shape: oneOrMore(choice('failure', 'timeout'), 1),
    about: 'Which endings are tried again; by default both failure and timeout.',
  },
  { name: 'before', shape: shared.script, about: 'A script to run before each further attempt.' },
];

/** The fields of `retry` by their names. */
export const RETRY_SPELLINGS = spellingsOf(RETRY);

/** The fields of a check in `expect`, the kinds first. */
export const CHECK: readonly Field[] = [
  { name: 'path', shape: shared.path, isKind: true, about: 'A glob of files that must exist.' },
  { name: 'output', shape: ruled(ID), isKind: true, beside: ['matches'], about: 'An output of the step.' },
  {
    name: 'that',
    shape: condition,
    isKind: true,
    about: 'An expression that must be true; it may refer to the step itself.',
  },
  { name: 'min_count', shape: count, on: ['path'], about: 'Smallest number of files; by default 1.' },
  { name: 'min_size', shape: ruled(SIZE), on: ['path'], about: 'Smallest size of each file.' },
  {
    name: 'json_schema',
    shape: {
      is: 'either',
      plain: shared.path,
      other: { is: 'any', expressions: 'refused' },
      wanted: 'a path or a mapping',
    },
    on: ['path'],
    about: 'JSON Schema for the JSON in each file: a path, or the schema itself.',
  },
  { name: 'matches', shape: ruled(NOT_BLANK), on: ['output'], about: 'Regular expression that the output must match.' },
  {
    name: 'level',
    shape: choice('error', 'warning'),
    about: 'error (default): the step fails. warning: the run only gets a warning.',
  },
];

/** The fields of a check by their names. */
export const CHECK_SPELLINGS = spellingsOf(CHECK);
