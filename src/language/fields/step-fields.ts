import type { Field, KindKey } from './field.js';
import * as shared from './shared-fields.js';
import { choice, condition, count, listOf, oneOrMore, recordOf, ruled, text, type Shape } from './shape.js';
import { ID, NOT_BLANK, SIZE } from './text-rules.js';

const PROCESS: readonly KindKey[] = ['run', 'commands'];
/** Loops and fan-outs have `steps` too; those with a script leave outputs to it. */
const LISTS: readonly KindKey[] = ['steps', 'parallel', 'then', 'switch'];

const script: Shape = { is: 'text', expressions: 'script', rule: NOT_BLANK };
const template: Shape = { is: 'text', expressions: 'template', rule: NOT_BLANK };
const globs = oneOrMore(shared.path);
const exitCode: Shape = { is: 'number', whole: true, least: 0, most: 255 };

const kind = (name: KindKey, shape: Shape, about: string): Field => ({ name, shape, isKind: true, about });

const KINDS: readonly Field[] = [
  kind('run', script, 'A script for the shell.'),
  kind('commands', listOf(script, 1), 'Scripts, each in its own shell.'),
  kind('steps', shared.steps, 'A group: steps one after the other; also what a loop or fan-out repeats.'),
  kind('parallel', shared.steps, 'Steps side by side; all are waited for.'),
  { ...kind('then', shared.steps, 'A branch: steps when the condition in "if" holds.'), beside: ['if'] },
  { ...kind('switch', condition, 'Expression whose value selects a case.'), beside: ['cases'] },
  { ...kind('while', condition, 'A loop: its steps run while the condition holds.'), beside: ['steps'] },
  { ...kind('do_while', condition, 'A loop that asks its condition after each iteration.'), beside: ['steps'] },
  {
    ...kind(
      'for_each',
      {
        is: 'either',
        plain: { is: 'text', expressions: 'condition' },
        other: listOf({ is: 'any', expressions: 'template' }),
        wanted: 'a list or an expression',
      },
      'A fan-out: steps, or a script, for each item of a list.',
    ),
    beside: ['steps', ...PROCESS],
  },
  kind('pipeline', ruled(NOT_BLANK), 'Another pipeline file, relative to the workspace.'),
  { name: 'gate', isKind: true, about: 'A decision of a person.' },
];

/** The fields of a step, the kinds first. */
export const STEP: readonly Field[] = [
  ...KINDS,
  { name: 'id', shape: ruled(ID), about: 'Name for needs and expressions, unique in its list.' },
  { name: 'name', shape: template, about: 'Display text; may hold ${{ }}.' },
  {
    name: 'needs',
    shape: oneOrMore(text),
    about: 'Steps of the same list to wait for. Absent: the one before. []: none.',
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
  { name: 'idle_timeout', shape: shared.duration, on: PROCESS, about: 'Longest time without output.' },
  { name: 'kill_grace', shape: shared.duration, on: PROCESS, about: 'Time between TERM and KILL; by default 10s.' },
  { ...shared.retry, on: PROCESS },
  {
    name: 'continue_on_error',
    alias: { name: 'continue-on-error', shape: { is: 'boolean' } },
    shape: { is: 'boolean' },
    about: 'true: a failure is recorded as a warning and the run goes on.',
  },
  {
    name: 'expect',
    shape: {
      is: 'list',
      of: recordOf('check'),
      least: 1,
      orOne: true,
    },
    about: 'Checks on what the step made, before anyone uses it.',
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
  { name: 'outputs', shape: shared.outputs, on: LISTS, about: 'What later steps see of the steps inside.' },
  {
    name: 'output_format',
    shape: choice('json'),
    on: PROCESS,
    about: 'json: what the step prints is one JSON object, and becomes its outputs.',
  },
  {
    name: 'mode',
    shape: choice('stop', 'continue'),
    on: ['commands'],
    about: 'After a command that failed: stop (default), or continue with the next and fail at the end.',
  },
  { name: 'else', shape: shared.steps, on: ['then'], about: 'Steps when the condition does not hold.' },
  {
    name: 'cases',
    shape: { is: 'names', of: shared.steps, least: 1 },
    on: ['switch'],
    about: 'Steps by case: the text that the value must be, exactly.',
  },
  { name: 'default', shape: shared.steps, on: ['switch'], about: 'Steps when no case fits.' },
  {
    name: 'max_iterations',
    shape: count,
    on: ['while', 'do_while'],
    about: 'Most iterations; by default 10. More is a failure.',
  },
  { name: 'max_parallel', shape: count, on: ['for_each'], about: 'Most items at a time.' },
  {
    name: 'with',
    shape: shared.given,
    on: ['pipeline'],
    about: 'Inputs of the other pipeline; values may hold ${{ }}.',
  },
  { name: 'cache', about: 'Reuse of results across runs.' },
  ...shared.fallbacks,
];

/** The fields of `retry`. */
export const RETRY: readonly Field[] = [
  { name: 'attempts', shape: count, required: true, about: 'Attempts in all.' },
  { name: 'delay', shape: shared.duration, about: 'Time before the second attempt; by default 0s.' },
  { name: 'factor', shape: { is: 'number', least: 1 }, about: 'What each delay is multiplied by; by default 2.' },
  { name: 'max_delay', shape: shared.duration, about: 'Longest delay.' },
  {
    name: 'jitter',
    shape: { is: 'number', least: 0, most: 1 },
    about: 'Share of each delay that is left to chance, up or down; by default 0.',
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
    about: 'What is tried again; by default both failure and timeout.',
  },
  { name: 'before', shape: script, about: 'A script to run before each further attempt.' },
];

/** The fields of a check in `expect`, the kinds first. */
export const CHECK: readonly Field[] = [
  { name: 'path', shape: shared.path, isKind: true, about: 'A glob of files that must be there.' },
  { name: 'output', shape: ruled(ID), isKind: true, beside: ['matches'], about: 'An output of the step.' },
  { name: 'that', shape: condition, isKind: true, about: 'An expression that must hold; it sees the step itself.' },
  { name: 'min_count', shape: count, on: ['path'], about: 'Fewest files; by default 1.' },
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
    about: 'JSON Schema of the JSON in each file: a path, or the schema itself.',
  },
  { name: 'matches', shape: ruled(NOT_BLANK), on: ['output'], about: 'Regular expression that the output must match.' },
  {
    name: 'level',
    shape: choice('error', 'warning'),
    about: 'error (default): the step fails. warning: the run has a warning.',
  },
];
