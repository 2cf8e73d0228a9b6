import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/base/stable-json.js';
import { evaluateTemplate } from '../../../src/expressions/evaluate.js';
import {
  listScope,
  scopeAt,
  type ListScope,
  type ValueSource,
  type Viewpoint,
} from '../../../src/evaluate/context/step-context.js';
import type { StepRecord } from '../../../src/state/run-state.js';
import { group, pipeline, script } from '../../plan/pipeline-builder.js';
import { stepRecord } from '../../plan/step-record.js';

const { steps } = pipeline([
  script('build'),
  script('Lint'),
  group('g', [script('x'), script('y', { needs: ['x'] })], { needs: ['build', 'Lint'] }),
]);
const top = listScope('', steps);
const container = steps[2];
const inner = listScope('g', container?.kind === 'group' ? container.steps : [], top);

const RECORDS: Readonly<Record<string, StepRecord>> = {
  build: stepRecord({ outputs: { v: '1', list: [1, 2] }, durationMs: 1500, exitCode: 0, stdout: 'out', stderr: 'err' }),
  Lint: stepRecord({ status: 'failed', tolerated: true, exitCode: 2 }),
  'g/x': stepRecord({ outputs: { v: 'inner' } }),
};

const source: ValueSource = {
  side: 'live',
  record: (path) => RECORDS[path],
  outputs: ({ outputs }) => outputs,
  inputs: { channel: 'beta' },
  run: { id: 'r1', attempt: 2, resumed: true },
  facts: { github: { sha: 'abc' }, runner: { os: 'Linux' }, matrix: { leg: 'a' } },
  hashFiles: (patterns) => `hash of ${patterns.join()}`,
};

const valueOf = (text: string, view: Partial<Viewpoint> = {}): Json => {
  const viewpoint = { list: top, env: () => ({ A: 'one' }), status: { success: true, failure: false }, ...view };
  const value = evaluateTemplate(`\${{ ${text} }}`, scopeAt(viewpoint, source));
  if (!value.ok) throw new Error(value.error);
  return value.value;
};

describe('an expression reads', () => {
  test.each<[string, Json]>([
    ['inputs.channel', 'beta'],
    ['env.A', 'one'],
    ['env.B', null],
    ['run.attempt', 2],
    ['run.resumed', true],
    ['github.sha', 'abc'],
    ['runner.os', 'Linux'],
    ['matrix.leg', 'a'],
    ['item', null],
    ["hashFiles('a', 'b')", 'hash of a,b'],
    ['steps.build.outputs.v', '1'],
    ['steps.build.outputs.list[1]', 2],
    ['steps.BUILD.outputs.v', '1'],
    ['steps.lint.outcome', 'failure'],
    ['steps.lint.conclusion', 'success'],
    ['steps.build.output.exit_code', 0],
    ['steps.build.output.stdout', 'out'],
    ['steps.build.output.stderr', 'err'],
    ['steps.build.output.duration', 1.5],
    ['steps.Lint.output.status', 'failed'],
    ['steps.Lint.output.stdout', ''],
    ['steps.g.outputs.v', null],
    ['steps.g.outcome', null],
  ])('%s', (text, expected) => {
    expect(valueOf(text)).toEqual(expected);
  });

  test('all steps of its list, or all its needs, where it names none', () => {
    expect(Object.keys(valueOf('steps') as object)).toEqual(['build', 'Lint', 'g']);
    expect(Object.keys(valueOf('needs', { list: inner, ...stepOf(inner, 1) }) as object)).toEqual(['x']);
    expect(valueOf('needs')).toEqual({});
  });

  test('the steps of the lists around its own', () => {
    expect(valueOf('steps.x.outputs.v', { list: inner })).toBe('inner');
    expect(valueOf('steps.build.outputs.v', { list: inner })).toBe('1');
    expect(valueOf('steps.x.outputs.v')).toBeNull();
  });

  test('what its needs came to', () => {
    expect(valueOf('needs.Lint.result', { list: top, ...stepOf(top, 2) })).toBe('success');
  });
});

const stepOf = (list: ListScope, index: number): Partial<Viewpoint> => {
  const step = list.steps[index];
  return step === undefined ? {} : { step };
};

test.each<[StepRecord['status'], Json, Json]>([
  ['succeeded', 'success', 'success'],
  ['failed', 'failure', 'success'],
  ['timed_out', 'failure', 'success'],
  ['errored', 'failure', 'success'],
  ['aborted', 'cancelled', 'success'],
  ['skipped', 'skipped', 'success'],
  ['running', null, 'success'],
  ['waiting', null, 'success'],
])('%s is told in the words of GitHub', (status, outcome, whenTolerated) => {
  const told = (record: StepRecord): Json => {
    const scope = scopeAt(
      { list: top, env: () => ({}), status: { success: true, failure: false } },
      { ...source, record: () => record },
    );
    return scope.context('steps', ['build']);
  };
  expect(told(stepRecord({ status }))).toMatchObject({ build: { outcome, conclusion: outcome, result: outcome } });
  expect(told(stepRecord({ status, tolerated: true }))).toMatchObject({
    build: { outcome, conclusion: whenTolerated },
  });
});

test.each([
  [{ success: true, failure: false }, 'true-false'],
  [{ success: false, failure: true }, 'false-true'],
])('the status functions are those of the viewpoint: %o', (status, expected) => {
  const scope = scopeAt({ list: top, env: () => ({}), status }, source);
  expect(`${scope.functions.success()}-${scope.functions.failure()}`).toBe(expected);
  expect(scope.functions.cancelled()).toBe(false);
});

test('the environment is asked for only when it is read', () => {
  let asked = 0;
  const env = () => {
    asked += 1;
    return { A: 'one' };
  };
  valueOf('inputs.channel', { env });
  expect(asked).toBe(0);
  valueOf('env.A', { env });
  expect(asked).toBe(1);
});

test('hidden names come with the scope where the source has some', () => {
  const view = { list: top, env: () => ({}), status: { success: true, failure: false } };
  expect(scopeAt(view, source)).not.toHaveProperty('hidden');
  expect(scopeAt(view, { ...source, hidden: new Set(['T']) }).hidden).toEqual(new Set(['T']));
});
