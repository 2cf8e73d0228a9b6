import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/base/stable-json.js';
import type { BranchStep, SwitchStep } from '../../../src/language/model/pipeline.js';
import { chooseArm, noArmBecause } from '../../../src/evaluate/kinds/arms.js';
import { scopeOf } from '../../plan/scope-of.js';
import { branch, script, switchOn, type LooseStep } from '../../plan/pipeline-builder.js';

const choosing = ({ step }: LooseStep): BranchStep | SwitchStep => {
  if (step.kind !== 'branch' && step.kind !== 'switch') throw new Error('a branch or switch');
  return step;
};

const armFor = (loose: LooseStep, item: Json = null): string | undefined => {
  const chosen = chooseArm(choosing(loose), scopeOf({ item }));
  if (!chosen.ok) throw new Error(chosen.error);
  return chosen.value.arm?.name;
};

describe('a branch', () => {
  const both = (condition: string): LooseStep =>
    branch('b', { condition, then: [script('t')], otherwise: [script('e')] });

  test.each<[Json, string]>([
    [true, 'then'],
    ['x', 'then'],
    [[], 'then'],
    [1, 'then'],
    [false, 'else'],
    ['', 'else'],
    [0, 'else'],
    [null, 'else'],
  ])('takes for %o the arm "%s"', (item, arm) => {
    expect(armFor(both('item'), item)).toBe(arm);
  });

  test('takes none where there is no else', () => {
    expect(armFor(branch('b', { condition: 'false', then: [script('t')] }))).toBeUndefined();
  });

  test('implies nothing in its condition', () => {
    const scope = scopeOf({}, { success: false });
    expect(chooseArm(choosing(both('true')), scope)).toMatchObject({ ok: true, value: { value: 'true' } });
  });

  test('names its field when the condition raises', () => {
    const chosen = chooseArm(choosing(both("fromJSON('{')")), scopeOf({}));
    expect(chosen).toEqual({ ok: false, error: expect.stringMatching(/^if: /) as string });
  });
});

describe('a switch', () => {
  const cases = { a: [script('x')], '1': [script('y')], true: [script('z')] };
  const open = switchOn('s', { value: 'item', cases });

  test.each<[Json, string | undefined]>([
    ['a', 'a'],
    ['A', undefined],
    [' a', undefined],
    [1, '1'],
    [true, 'true'],
    [null, undefined],
  ])('compares %o exactly, as text', (item, arm) => {
    expect(armFor(open, item)).toBe(arm);
  });

  test('takes the default where no case fits', () => {
    expect(armFor(switchOn('s', { value: 'item', cases, otherwise: [script('o')] }), 'b')).toBe('default');
  });

  test('names its field when the value raises', () => {
    const broken = choosing(switchOn('s', { value: "fromJSON('{')", cases }));
    expect(chooseArm(broken, scopeOf({}))).toEqual({ ok: false, error: expect.stringMatching(/^switch: /) as string });
  });
});

test('why no arm is taken is told with the value', () => {
  const [one, other] = [branch('b', { condition: 'a', then: [] }), switchOn('s', { value: 'a', cases: {} })];
  expect(noArmBecause(choosing(one), 'false')).toBe('its condition does not hold and there is no else');
  expect(noArmBecause(choosing(other), 'beta "2"')).toBe('no case is "beta \\"2\\""');
});
