import { err, ok, type Result } from '../../base/result.js';
import type { Json } from '../../base/stable-json.js';
import { didYouMean } from '../../base/suggest.js';

/** The encryption of checkpoints: none, a key, or a key that was requested but is empty, as in forks. */
export type EncryptionKey =
  { readonly kind: 'none' } | { readonly kind: 'empty' } | { readonly kind: 'key'; readonly passphrase: string };

/** The parsed inputs of the action. */
export type ActionInputs = {
  readonly pipeline?: string;
  /** Inputs of the pipeline, as text. */
  readonly givenInputs: Readonly<Record<string, string>>;
  readonly workDir?: string;
  readonly resume: ResumeMode;
  readonly from?: string;
  readonly rerun: readonly string[];
  readonly checkpoint: boolean;
  readonly maxParallel?: number;
  readonly id: string;
  readonly encryptionKey: EncryptionKey;
  readonly retentionDays?: number;
  /** Values of the job's matrix; null without one. */
  readonly matrix: Json;
  readonly jobTotal: number;
  /** From 0. */
  readonly jobIndex: number;
  /** GitHub's job status at this moment, so it differs between main and post. */
  readonly jobStatus: string;
};

/** Whether a re-run resumes the last attempt: if it can, never, or it must and otherwise fails. */
export type ResumeMode = 'auto' | 'never' | 'require';

/** Every input of `action.yml` with its default; an empty value means the default. */
export const ACTION_INPUTS = {
  pipeline: '',
  inputs: '',
  'work-dir': '',
  resume: 'auto',
  from: '',
  rerun: '',
  checkpoint: 'on',
  'max-parallel': '',
  id: '',
  'encryption-key': 'none',
  'retention-days': '',
  matrix: '${{ toJSON(matrix) }}',
  'job-total': '${{ strategy.job-total }}',
  'job-index': '${{ strategy.job-index }}',
  'job-status': '${{ job.status }}',
} as const satisfies Readonly<Record<string, string>>;

/** The name of an input of the action. */
export type InputName = keyof typeof ACTION_INPUTS;

type Env = Readonly<Record<string, string | undefined>>;

/** Reads the inputs from the runner's environment; the error lists everything wrong with them. */
export const readActionInputs = (env: Env): Result<ActionInputs, readonly string[]> => {
  const given: Given = { env, problems: [] };
  const [pipeline, workDir, from] = [textOf(env, 'pipeline'), textOf(env, 'work-dir'), textOf(env, 'from')];
  const maxParallel = wholeNumber(given, 'max-parallel', MOST_PARALLEL);
  const retentionDays = wholeNumber(given, 'retention-days', LONGEST_RETENTION);
  const inputs: ActionInputs = {
    ...(pipeline !== '' && { pipeline }),
    givenInputs: pipelineInputs(given),
    ...(workDir !== '' && { workDir }),
    resume: oneOf(given, 'resume', RESUME_MODES),
    ...(from !== '' && { from }),
    rerun: paths(textOf(env, 'rerun')),
    checkpoint: oneOf(given, 'checkpoint', SWITCH) === 'on',
    ...(maxParallel !== undefined && { maxParallel }),
    id: shortText(given, 'id'),
    encryptionKey: encryptionKeyIn(env),
    ...(retentionDays !== undefined && { retentionDays }),
    matrix: filledInJson(given, 'matrix'),
    jobTotal: filledInNumber(given, 'job-total', 1),
    jobIndex: filledInNumber(given, 'job-index', 0),
    jobStatus: textOf(env, 'job-status') || 'success',
  };
  return given.problems.length === 0 ? ok(inputs) : err(given.problems);
};

type Given = { readonly env: Env; readonly problems: string[] };

const RESUME_MODES = ['auto', 'never', 'require'] as const;
const SWITCH = ['on', 'off'] as const;
const MOST_PARALLEL = 999_999;
/** GitHub's own limit, for private repositories. */
const LONGEST_RETENTION = 400;
const LONGEST_ID = 100;

/** The runner passes inputs as environment variables, by their names in capitals. */
const rawOf = (env: Env, name: InputName): string | undefined => env[`INPUT_${name.toUpperCase()}`];

const textOf = (env: Env, name: InputName): string => (rawOf(env, name) ?? '').trim();

const complain = ({ problems }: Given, name: InputName, problem: string): void => {
  problems.push(`input "${name}" ${problem}`);
};

/** `name=value`, one per line; blank lines and `#` comments are ignored. */
const pipelineInputs = (given: Given): Readonly<Record<string, string>> => {
  const values = new Map<string, string>();
  for (const line of textOf(given.env, 'inputs')
    .split('\n')
    .map((each) => each.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const equals = line.indexOf('=');
    const name = line.slice(0, Math.max(0, equals)).trim();
    if (name === '') complain(given, 'inputs', `has a line "${line}": allowed is name=value, one a line`);
    else if (values.has(name)) complain(given, 'inputs', `gives "${name}" twice: allowed is each name once`);
    else values.set(name, line.slice(equals + 1).trim());
  }
  return Object.fromEntries(values);
};

const oneOf = <V extends string>(given: Given, name: InputName, allowed: readonly [V, ...V[]]): V => {
  const text = textOf(given.env, name) || ACTION_INPUTS[name];
  const value = allowed.find((each) => each === text);
  if (value === undefined) {
    complain(given, name, `is "${text}": allowed are ${allowed.join(', ')}${didYouMean(text, allowed)}`);
  }
  return value ?? allowed[0];
};

const paths = (text: string): readonly string[] =>
  text
    .split(/[,\n]/)
    .map((path) => path.trim())
    .filter((path) => path !== '');

const wholeNumber = (given: Given, name: InputName, limit: number): number | undefined => {
  const text = textOf(given.env, name);
  if (text === '') return undefined;
  if (/^[1-9]\d*$/.test(text) && Number(text) <= limit) return Number(text);
  complain(given, name, `is "${text}": allowed is a whole number from 1 to ${String(limit)}, or nothing`);
  return undefined;
};

const shortText = (given: Given, name: InputName): string => {
  const text = textOf(given.env, name);
  if (text.length > LONGEST_ID) {
    complain(given, name, `has ${String(text.length)} characters: allowed are up to ${String(LONGEST_ID)}`);
  }
  return text;
};

/** The only input where empty differs from absent: forks get secrets as empty text. */
const encryptionKeyIn = (env: Env): EncryptionKey => {
  const given = rawOf(env, 'encryption-key')?.trim();
  if (given === undefined || given === ACTION_INPUTS['encryption-key']) return { kind: 'none' };
  return given === '' ? { kind: 'empty' } : { kind: 'key', passphrase: given };
};

const filledInJson = (given: Given, name: InputName): Json => {
  const text = textOf(given.env, name);
  const value = text === '' ? null : parseJson(text);
  if (value === undefined) complain(given, name, `is "${text}": allowed is JSON, which GitHub fills in; leave it out`);
  return value ?? null;
};

const parseJson = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
};

const filledInNumber = (given: Given, name: InputName, standard: number): number => {
  const text = textOf(given.env, name);
  if (text === '') return standard;
  if (!/^\d{1,6}$/.test(text)) {
    complain(given, name, `is "${text}": allowed is a whole number, which GitHub fills in; leave it out`);
  }
  return Number(text);
};
