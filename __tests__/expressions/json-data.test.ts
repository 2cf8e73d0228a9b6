import { expect, test } from 'vitest';
import type { Json } from '../../src/base/stable-json.js';
import { evaluateTemplate } from '../../src/expressions/evaluate.js';
import { evaluate, scopeWith, VALUES } from './example-scope.js';

test.each<[string, Json]>([
  ['inputs.channel', 'Beta'],
  ["inputs['channel']", 'Beta'],
  ['INPUTS.Channel', 'Beta'],
  ['env.PATH', '/bin'],
  ['env.Path', '/mixed'],
  ['env.name', 'x'],
  ["steps.build.outputs['with space']", 'w'],
  ["steps[format('{0}', 'lint')].outcome", 'failure'],
  ['steps.nothing.outputs.here', null],
  ['inputs.channel.deeper', null],
  ['matrix.os', null],
  ['index', 0],
  ['steps.all.results[0].outcome', 'success'],
  ["steps.all.results['1'].outcome", 'failure'],
  ['steps.all.results[1.9].outcome', 'failure'],
  ['steps.all.results[9]', null],
  ['steps.all.results[-1]', null],
  ['item.nested[0][1]', 2],
  ["fromJSON('[5, 6]')[1]", 6],
  ['item.constructor', 'c'],
  ['item.toString', null],
  ['inputs.constructor', null],
  ['steps.all.results.*.outcome', ['success', 'failure']],
  ['steps.all.results[*].outcome', ['success', 'failure']],
  ['steps.*.outcome', ['success', 'failure']],
  ['item.nested.*', [[1, 2], [3]]],
  ['item.nested.*.*', [1, 2, 3]],
  ['item.nested.*[0]', [1, 3]],
  ['inputs.channel.*', []],
  ["contains(steps.all.results.*.outcome, 'FAILURE')", true],
  ['fromJSON(\'{"__proto__": 1, "constructor": 2}\').constructor', 2],
  ['steps.build == steps.build', true],
  ['steps.build == steps.lint', false],
  ["fromJSON('[]') == fromJSON('[]')", false],
])('%s gives %j', (text, expected) => {
  expect(evaluate(text)).toEqual({ ok: true, value: expected });
});

test('a whole context keeps its type', () => {
  expect(evaluate('inputs')).toEqual({ ok: true, value: VALUES['inputs'] });
});

test('JSON nested thousands of levels deep can be read and looked into', () => {
  const depth = 5_000;
  const value = `${'['.repeat(depth)}7${']'.repeat(depth)}`;
  const scope = { ...scopeWith(), context: () => ({ DEEP: value }) };
  expect(evaluate('fromJSON(env.DEEP)[0][0][0] == null', scope)).toEqual({ ok: true, value: false });
});

test('only what an expression reads of a context is looked at', () => {
  const steps = {
    build: { outcome: 'success' },
    get other(): Json {
      return expect.unreachable();
    },
  };
  const scope = { ...scopeWith(), context: () => steps };
  expect(evaluate("steps.build.outcome == 'success'", scope)).toEqual({ ok: true, value: true });
});

test('a value nested too deeply to be written out is a reason, not a crash', () => {
  const depth = 100_000;
  const scope = { ...scopeWith(), context: () => ({ DEEP: `${'['.repeat(depth)}${']'.repeat(depth)}` }) };
  for (const text of ['${{ toJSON(fromJSON(env.DEEP)) }}', 'x ${{ fromJSON(env.DEEP) }}']) {
    expect(evaluateTemplate(text, scope)).toMatchObject({ ok: false });
  }
});
