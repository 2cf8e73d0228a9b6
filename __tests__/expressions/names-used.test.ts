import { expect, test } from 'vitest';
import { namesUsed } from '../../src/expressions/names-used.js';
import { readTokens } from '../../src/expressions/read-tokens.js';

const namesIn = (text: string) => {
  const tokens = readTokens(text);
  if (!tokens.ok) throw new Error(tokens.error.message);
  return namesUsed(tokens.value);
};

test.each<[string, unknown[], string]>([
  ['inputs.channel', ['inputs', 'channel'], 'inputs.channel'],
  ['STEPS.Build.Outputs.Version', ['steps', 'Build', 'Outputs', 'Version'], 'STEPS.Build.Outputs.Version'],
  ["! steps['a-b'].outcome", ['steps', 'a-b', 'outcome'], "steps['a-b'].outcome"],
  ["env['it''s'' it']", ['env', "it's' it"], "env['it''s'' it']"],
  ['steps.*.outcome', ['steps', undefined, 'outcome'], 'steps.*.outcome'],
  ['steps[*].outcome', ['steps', undefined, 'outcome'], 'steps[*].outcome'],
  ['steps.a.results[0].outputs', ['steps', 'a', 'results', '0', 'outputs'], 'steps.a.results[0].outputs'],
  ["matrix[format('{0}', 'os')].x", ['matrix', undefined, 'x'], "matrix[format('{0}', 'os')].x"],
  ['env[true]', ['env', undefined], 'env[true]'],
  ['toJSON( item )', ['item'], 'item'],
  ['item == 1', ['item'], 'item'],
  ['(steps.a).outputs.b', ['steps', 'a'], 'steps.a'],
  ['steps . a [ 0 ]', ['steps', 'a', '0'], 'steps . a [ 0 ]'],
  ["'a\nb' == '\n\n' || \n  env.X", ['env', 'X'], 'env.X'],
  ['steps.true.null', ['steps', 'true', 'null'], 'steps.true.null'],
])('the reference in %j is found with its root, path and place', (text, path, covered) => {
  const [root, ...keys] = path;
  const offset = text.indexOf(covered);
  expect(namesIn(text).references).toEqual([{ root, path: keys, offset, length: covered.length }]);
});

test('every reference is found, also those inside an index of another', () => {
  const text = 'steps[inputs.which].outcome == env[env.NAME]';
  expect(namesIn(text).references.map(({ root, path, offset }) => [root, path, offset])).toEqual([
    ['steps', [undefined, 'outcome'], 0],
    ['inputs', ['which'], 6],
    ['env', [undefined], 31],
    ['env', ['NAME'], 35],
  ]);
});

test('function calls are found in lower case with the place of the name', () => {
  const text = "contains(toJSON(item), 'x') && ALWAYS()";
  expect(namesIn(text).functions).toEqual([
    { name: 'contains', offset: 0, length: 8 },
    { name: 'tojson', offset: 9, length: 6 },
    { name: 'always', offset: 31, length: 6 },
  ]);
});

test('names inside texts are neither references nor functions', () => {
  expect(namesIn("'steps.a success()'")).toMatchObject({ references: [], functions: [] });
});
