import { expect, test } from 'vitest';
import type { Json } from '../../src/base/stable-json.js';
import { evaluate, VALUES } from './example-scope.js';

test.each<[string, Json]>([
  ["contains('Hello', 'ell')", true],
  ["contains('a1', 1)", true],
  ["contains(fromJSON('[1, 2]'), 2)", true],
  ["contains(fromJSON('[1, 2]'), 5)", false],
  ['contains(inputs, 1)', false],
  ["startsWith('Hello', 'HE')", true],
  ["endsWith('Hello', 'LO')", true],
  ["STARTSWITH('a', 'b')", false],
  ["format('{0}-{1}-{0}', 'a', 2)", 'a-2-a'],
  ["format('{{0}} {0} }}', true)", '{0} true }'],
  ["format('{0}', null)", ''],
  ["join(fromJSON('[1, true, null, \"x\"]'), '+')", '1+true++x'],
  ["join(fromJSON('[1, 2]'))", '1,2'],
  ["join('single', '+')", 'single'],
  ["join(steps.all.results.*.outcome, ' ')", 'success failure'],
  ["case(false, 'a', true, 'b', 'c')", 'b'],
  ["case(false, 'a', 'c')", 'c'],
  ['fromJSON(\'{"a": [1, null]}\')', { a: [1, null] }],
  ['fromJSON(\'{"A": 1}\').a', 1],
  ['fromJSON(\'"x"\')', 'x'],
  ['fromJSON(steps.build.outputs.list)[1]', 'b'],
  ["toJSON('a\"b')", '"a\\"b"'],
  ['toJSON(null)', 'null'],
  ['toJSON(fromJSON(\'{"b": [], "a": {"c": 1}}\'))', '{\n  "b": [],\n  "a": {\n    "c": 1\n  }\n}'],
  ['toJSON(steps.all.results.*.outcome)', '[\n  "success",\n  "failure"\n]'],
  ['fromJSON(toJSON(item))', VALUES['item'] ?? null],
  ["hashFiles('a/*', 'b')", 'hash of a/* and b'],
  ["format('{0}', hashFiles(format('{0}', inputs.count)))", 'hash of 3'],
  ['success() || failure()', true],
  ['failure()', false],
  ['cancelled()', false],
  ['always()', true],
])('%s gives %j', (text, expected) => {
  expect(evaluate(text)).toEqual({ ok: true, value: expected });
});

test.each([
  ["fromJSON('')", 'fromJSON() was given an empty text in "fromJSON(\'\')"'],
  ['fromJSON(steps.build.outputs.bad)', /^fromJSON\(\) was given a text that is not JSON in "fromJSON\(steps/],
  ["format('{1}', 'a')", /^The following format string references more arguments than were supplied: \{1\}/],
  ["format('{', 'a')", /^The following format string is invalid: \{/],
  ["case('x', 'a', 'b')", /^case predicate must evaluate to a boolean value/],
  ["env[fromJSON('{')]", /^fromJSON\(\) was given a text that is not JSON/],
])('%s raises, and the reason is given', (text, expected) => {
  const result = evaluate(text);
  expect(result.ok ? undefined : result.error).toMatch(expected);
});
