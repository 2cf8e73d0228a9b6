import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ACTION_INPUTS, readActionInputs } from '../../../src/github/runner/action-inputs.js';
import { ACTION_OUTPUTS } from '../../../src/github/runner/job-outputs.js';

type Entry = { readonly description: string; readonly default?: string };
type ActionFile = {
  readonly inputs: Readonly<Record<string, Entry>>;
  readonly outputs: Readonly<Record<string, Entry>>;
  readonly runs: Readonly<Record<string, string>>;
};

const action = parse(readFileSync(join(import.meta.dirname, '../../../action.yml'), 'utf8')) as ActionFile;

const read = (inputs: Readonly<Record<string, string>> = {}) =>
  readActionInputs(
    Object.fromEntries(Object.entries(inputs).map(([name, text]) => [`INPUT_${name.toUpperCase()}`, text])),
  );
const valueOf = (inputs: Readonly<Record<string, string>>) => {
  const result = read(inputs);
  if (!result.ok) throw new Error(result.error.join('\n'));
  return result.value;
};
const problemsOf = (inputs: Readonly<Record<string, string>>): readonly string[] => {
  const result = read(inputs);
  return result.ok ? [] : result.error;
};

describe('action.yml', () => {
  test('has the inputs and defaults that the program reads', () => {
    expect(Object.fromEntries(Object.entries(action.inputs).map(([name, entry]) => [name, entry.default]))).toEqual(
      ACTION_INPUTS,
    );
  });

  test('has the outputs that the program sets', () => {
    expect(Object.keys(action.outputs)).toEqual(ACTION_OUTPUTS);
  });

  test('describes each of them in sentences', () => {
    const entries = [...Object.values(action.inputs), ...Object.values(action.outputs)];
    expect(entries.filter(({ description }) => !/^[A-Z].*\.$/.test(description))).toEqual([]);
  });

  test('runs one file on Node 24, afterwards always', () => {
    expect(action.runs).toEqual({
      using: 'node24',
      main: 'dist/index.js',
      post: 'dist/post.js',
      'post-if': 'always()',
    });
  });
});

test('nothing given means the defaults', () => {
  expect(valueOf({})).toEqual({
    givenInputs: {},
    resume: 'auto',
    rerun: [],
    checkpoint: true,
    id: '',
    encryptionKey: { kind: 'none' },
    matrix: null,
    jobTotal: 1,
    jobIndex: 0,
    jobStatus: 'success',
  });
});

test('every input is read', () => {
  const given = {
    pipeline: ' ci.yml ',
    inputs: 'channel=beta',
    'work-dir': 'work',
    resume: 'require',
    from: 'build/compile',
    rerun: 'a, b\nc,',
    checkpoint: 'off',
    'max-parallel': '4',
    id: 'mine',
    'encryption-key': 'secret words',
    'retention-days': '7',
    matrix: '{"os": "linux"}',
    'job-total': '6',
    'job-index': '5',
    'job-status': 'failure',
  };
  expect(valueOf(given)).toEqual({
    pipeline: 'ci.yml',
    givenInputs: { channel: 'beta' },
    workDir: 'work',
    resume: 'require',
    from: 'build/compile',
    rerun: ['a', 'b', 'c'],
    checkpoint: false,
    maxParallel: 4,
    id: 'mine',
    encryptionKey: { kind: 'key', passphrase: 'secret words' },
    retentionDays: 7,
    matrix: { os: 'linux' },
    jobTotal: 6,
    jobIndex: 5,
    jobStatus: 'failure',
  });
  expect(Object.keys(given)).toEqual(Object.keys(ACTION_INPUTS));
});

test('an empty input means its default, such as a variable that is not set', () => {
  expect(valueOf({ resume: '', checkpoint: ' ' })).toMatchObject({ resume: 'auto', checkpoint: true });
});

describe('the encryption key', () => {
  test('that is given but empty is not a key, as in runs from forks', () => {
    expect(valueOf({ 'encryption-key': '' }).encryptionKey).toEqual({ kind: 'empty' });
  });

  test('"none" means that nothing is encrypted', () => {
    expect(valueOf({ 'encryption-key': 'none' }).encryptionKey).toEqual({ kind: 'none' });
  });
});

describe('inputs of the pipeline', () => {
  test('are one a line, with any text after the first =', () => {
    const inputs = '\n# a comment\n  channel = beta \r\n\nquery=a=b\nempty=\n__proto__=x';
    expect(Object.entries(valueOf({ inputs }).givenInputs)).toEqual([
      ['channel', 'beta'],
      ['query', 'a=b'],
      ['empty', ''],
      ['__proto__', 'x'],
    ]);
  });

  test('need a name, and each only once', () => {
    expect(problemsOf({ inputs: 'channel\n=x\na=1\na=2' })).toEqual([
      'input "inputs" has a line "channel": allowed is name=value, one a line',
      'input "inputs" has a line "=x": allowed is name=value, one a line',
      'input "inputs" gives "a" twice: allowed is each name once',
    ]);
  });
});

test('all mistakes are reported at once, with the allowed values', () => {
  const given = {
    resume: 'nevr',
    checkpoint: 'true',
    'max-parallel': '0',
    'retention-days': '401',
    id: 'x'.repeat(101),
    matrix: '{',
    'job-total': 'many',
  };
  expect(problemsOf(given).toSorted()).toEqual([
    'input "checkpoint" is "true": allowed are on, off',
    'input "id" has 101 characters: allowed are up to 100',
    'input "job-total" is "many": allowed is a whole number, which GitHub fills in; leave it out',
    'input "matrix" is "{": allowed is JSON, which GitHub fills in; leave it out',
    'input "max-parallel" is "0": allowed is a whole number from 1 to 999999, or nothing',
    'input "resume" is "nevr": allowed are auto, never, require, did you mean "never"?',
    'input "retention-days" is "401": allowed is a whole number from 1 to 400, or nothing',
  ]);
});
