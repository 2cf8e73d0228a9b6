import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/base/stable-json.js';
import type { FanOutStep } from '../../../src/language/model/pipeline.js';
import { evaluateItems, itemStep, matchItems, sameItems } from '../../../src/evaluate/kinds/fan-out.js';
import { fanOut, script } from '../../plan/pipeline-builder.js';
import { scopeOf } from '../../plan/scope-of.js';

const over = (items: string | readonly Json[]): FanOutStep => {
  const { step } = fanOut('each', { items, body: script('s') });
  if (step.kind !== 'fan-out') throw new Error('a fan-out');
  return step;
};

const contexts = { inputs: { files: ['a', 'b'], name: 'x', count: 2 } };

describe('the items of a fan-out', () => {
  test('are those of the list that its expression gives', () => {
    expect(evaluateItems(over('inputs.files'), scopeOf(contexts))).toEqual({ ok: true, value: ['a', 'b'] });
    expect(evaluateItems(over('${{ inputs.files }}'), scopeOf(contexts))).toEqual({ ok: true, value: ['a', 'b'] });
  });

  test('may hold templates at any depth, and a lone one keeps its type', () => {
    const items = [
      '${{ inputs.count }}',
      { file: 'dist/${{ inputs.name }}', deep: [['${{ inputs.files }}']] },
      1,
      null,
    ];
    expect(evaluateItems(over(items), scopeOf(contexts))).toEqual({
      ok: true,
      value: [2, { file: 'dist/x', deep: [[['a', 'b']]] }, 1, null],
    });
  });

  test.each([
    ['inputs.name', 'text'],
    ['inputs.count', 'a number'],
    ['inputs.nothing', 'nothing'],
    ['inputs', 'an object'],
    ['true', 'a boolean'],
  ])('must be a list: %s', (from, found) => {
    const error = `for_each must give a list, found ${found}`;
    expect(evaluateItems(over(from), scopeOf(contexts))).toEqual({ ok: false, error });
  });

  test.each([["fromJSON('{')"], [['a', ["${{ fromJSON('{') }}"]]]])('have no value where %o raises', (items) => {
    const evaluated = evaluateItems(over(items), scopeOf(contexts));
    expect(evaluated).toEqual({ ok: false, error: expect.stringMatching(/^for_each: /) as string });
  });
});

describe('items of a list that changed', () => {
  test.each<[string, readonly Json[], readonly Json[], readonly (number | null)[]]>([
    ['moved', ['a', 'b', 'c'], ['c', 'a', 'b'], [2, 0, 1]],
    ['added', ['a', 'b'], ['a', 'x', 'b'], [0, null, 1]],
    ['added at the end', ['a'], ['a', 'b'], [0, null]],
    ['taken away', ['a', 'b', 'c'], ['a', 'c'], [0, 2]],
    ['edited', ['a', 'b', 'c'], ['a', 'B', 'c'], [0, 1, 2]],
    ['edited where another moved to', ['a', 'b'], ['b', 'x'], [1, null]],
    ['equal ones in their order', ['s', 's', 's'], ['s', 's'], [0, 1]],
    ['objects, by what they hold', [{ a: 1, b: 2 }], ['x', { b: 2, a: 1 }], [null, 0]],
    ['numbers and texts apart', [1, '1'], ['1', 1], [1, 0]],
    ['none left', ['a'], [], []],
  ])('are found again: %s', (...[, before, now, from]) => {
    expect(matchItems(before, now)).toEqual(from);
  });

  test('are matched in time for very many', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => `item ${String(index % 1000)}`);
    expect(matchItems(many, many)).toEqual(many.map((_, index) => index));
  });
});

test('lists are the same when they hold the same', () => {
  expect(sameItems([{ a: 1, b: [2] }], [{ b: [2], a: 1 }])).toBe(true);
  expect(sameItems(['a', 'b'], ['b', 'a'])).toBe(false);
});

describe('the name of an item', () => {
  const nameOf = (item: Json): string => {
    const { step } = fanOut('each', { items: [], body: [script('x')] });
    if (step.kind !== 'fan-out') throw new Error('a fan-out');
    return itemStep(step, { item, index: 0 }).name;
  };

  test.each<[Json, string]>([
    ['a.ts', 'each (a.ts)'],
    [{ os: 'linux' }, 'each ({"os":"linux"})'],
    ['one\n two\t', 'each (one two)'],
    ['x'.repeat(50), `each (${'x'.repeat(13)}…${'x'.repeat(26)})`],
    ['😀'.repeat(41), `each (${'😀'.repeat(13)}…${'😀'.repeat(26)})`],
    ['${{ env.TOKEN }}', "each (${{ '${{ env.TOKEN }}' }})"],
    ["a ${{ 'b' }}", "each (${{ 'a ${{ ''b'' }}' }})"],
  ])('shows %o and evaluates nothing in it', (item, name) => {
    expect(nameOf(item)).toBe(name);
  });
});
