import { describe, expect, test } from 'vitest';
import { err, ok } from '../../../src/base/result.js';
import type { FailureMode, Step } from '../../../src/language/model/pipeline.js';
import { holdReason, type Hold } from '../../../src/run/step/hold.js';
import { listScope, scopeAt } from '../../../src/evaluate/context/step-context.js';
import { pipeline, script } from '../../plan/pipeline-builder.js';

const stepWith = (condition: string | undefined): Step => {
  const [step] = pipeline([script('s', condition === undefined ? {} : { if: condition })]).steps;
  if (step === undefined) throw new Error('a pipeline of one step has one');
  return step;
};

/** Whether a step starts, or what holds it back; `error` when its condition raises. */
const reasonFor = (condition: string | undefined, hold: Partial<Hold> = {}): string => {
  const whole: Hold = {
    stopped: undefined,
    failedUpstream: undefined,
    failedInList: undefined,
    mode: 'finish',
    ...hold,
  };
  const failed = whole.failedUpstream !== undefined;
  const scope = scopeAt(
    { list: listScope('', []), env: () => ({ YES: '1' }), status: { success: !failed, failure: failed } },
    {
      side: 'live',
      record: () => undefined,
      outputs: () => ({}),
      inputs: {},
      run: { id: 'r1', attempt: 1, resumed: false },
      facts: { github: {}, runner: {}, matrix: {} },
      hashFiles: () => '',
    },
  );
  const held = holdReason(stepWith(condition), whole, scope);
  if (!held.ok) return 'error';
  return held.value === undefined ? 'starts' : held.value.by;
};

const NOTHING: Partial<Hold> = {};
const UPSTREAM: Partial<Hold> = { failedUpstream: 'a', failedInList: 'a' };
const ELSEWHERE: Partial<Hold> = { failedInList: 'a' };
const MODES: readonly FailureMode[] = ['finish', 'keep_going', 'fail_fast'];

type Row = readonly [
  condition: string | undefined,
  nothing: string,
  upstream: string,
  elsewhere: string,
  going: string,
];

/** What becomes of a condition: nothing failed, something upstream failed, something elsewhere failed, the same with `keep_going`. */
const rows: readonly Row[] = [
  [undefined, 'starts', 'failure', 'failure', 'starts'],
  ['env.YES', 'starts', 'failure', 'failure', 'starts'],
  ['env.NO', 'condition', 'failure', 'failure', 'condition'],
  ['success()', 'starts', 'failure', 'failure', 'starts'],
  ['success() && env.YES', 'starts', 'failure', 'failure', 'starts'],
  ['success() && env.NO', 'condition', 'failure', 'failure', 'condition'],
  ['success() || env.YES', 'starts', 'starts', 'failure', 'starts'],
  ['!success()', 'condition', 'starts', 'failure', 'condition'],
  ['failure()', 'condition', 'starts', 'condition', 'condition'],
  ['failure() && env.NO', 'condition', 'condition', 'condition', 'condition'],
  ['failure() || success()', 'starts', 'starts', 'starts', 'starts'],
  ['!failure()', 'starts', 'condition', 'starts', 'starts'],
  ['always()', 'starts', 'starts', 'starts', 'starts'],
  ['always() && env.NO', 'condition', 'condition', 'condition', 'condition'],
  ['${{ always() }}', 'starts', 'starts', 'starts', 'starts'],
  ['ALWAYS()', 'starts', 'starts', 'starts', 'starts'],
];

describe.each(rows)('if: %s', (...[condition, nothing, upstream, elsewhere, going]) => {
  test.each(MODES)('with %s', (mode) => {
    expect(reasonFor(condition, { ...NOTHING, mode })).toBe(nothing);
    expect(reasonFor(condition, { ...UPSTREAM, mode })).toBe(upstream);
    expect(reasonFor(condition, { ...ELSEWHERE, mode })).toBe(mode === 'keep_going' ? going : elsewhere);
  });

  test.each(['signal', 'earlier-failure', 'timeout-of-container', 'gate'] as const)('after a stop by %s', (stopped) => {
    expect(reasonFor(condition, { stopped })).toBe('stop');
  });
});

describe('a condition that raises', () => {
  test('is an error where it is asked', () => {
    expect(reasonFor("fromJSON('{')")).toBe('error');
    expect(reasonFor("always() && fromJSON('{')", UPSTREAM)).toBe('error');
    expect(reasonFor("!success() && fromJSON('{')", UPSTREAM)).toBe('error');
  });

  test('does not matter where it is not', () => {
    expect(reasonFor("fromJSON('{')", UPSTREAM)).toBe('failure');
    expect(reasonFor("always() && fromJSON('{')", { stopped: 'signal' })).toBe('stop');
  });
});

test('what holds a step back is said', () => {
  const hold: Hold = { stopped: undefined, failedUpstream: undefined, failedInList: undefined, mode: 'finish' };
  const scope = { context: () => null, functions: { success: () => true, failure: () => false } };
  const functions = { ...scope.functions, cancelled: () => false, hashFiles: () => '' };
  const held = (condition: string | undefined, more: Partial<Hold>): ReturnType<typeof holdReason> =>
    holdReason(stepWith(condition), { ...hold, ...more }, { ...scope, functions });
  expect(held(undefined, { stopped: 'signal' })).toEqual(
    ok({ by: 'stop', cause: 'signal', because: 'the run was aborted' }),
  );
  expect(held(undefined, { failedInList: 'a' })).toEqual(ok({ by: 'failure', because: '"a" did not succeed' }));
  expect(held(undefined, { failedUpstream: 'b', failedInList: 'a' })).toEqual(
    ok({ by: 'failure', because: '"b" did not succeed' }),
  );
  expect(held('1 == 2', {})).toEqual(ok({ by: 'condition', because: 'its condition does not hold: 1 == 2' }));
  expect(held('1 ==', {})).toEqual(err('the expression ends too early'));
});
