import { expect, test } from 'vitest';
import { checkProperty } from '../../../src/language/check/check-step-property.js';
import { mistakesIn, stepsOf } from '../reading.js';

const FILE = `steps:
  - {id: script, run: a}
  - {id: group, steps: [{id: inner, run: a}], outputs: {x: "1"}}
  - {id: each, for_each: [a], steps: [{id: leaf, run: a}], outputs: {x: "1"}}
  - {id: bare, for_each: [a], run: a}
  - run: b
    env: {A: "\${{ EXPRESSION }}"}
`;

const codesOf = async (expression: string): Promise<readonly (string | undefined)[]> =>
  (await mistakesIn(FILE.replace('EXPRESSION', expression))).map((line) => /\[([a-z-]+)\]$/.exec(line)?.[1]);

test.each([
  'steps.script.outputs.anything',
  'steps.group.outputs.X',
  'steps.group.output.duration',
  'steps.each.results',
  'steps.each.results[0].outputs.x',
  "steps.each.results[0]['item'].name",
  'steps.each.results.*.outputs.x',
  'steps.each.results[run.attempt].outcome',
  'steps.bare.results.*.outputs.anything',
  'steps.each.output.status',
  'needs.bare.result',
])('%s can be read', async (expression) => {
  expect(await codesOf(expression)).toEqual([]);
});

test.each([
  ['steps.group.outputs.y', 'unknown-output'],
  ['steps.group.output.stdout', 'unknown-property'],
  ['steps.group.results', 'unknown-property'],
  ['steps.script.results[0]', 'unknown-property'],
  ['steps.each.outputs.x', 'unknown-output'],
  ['needs.bare.outputs', 'unknown-output'],
  ['steps.each.results[0].outputs.y', 'unknown-output'],
  ['steps.each.results.*.conclusion', 'unknown-property'],
  ['steps.each.results.first', 'unknown-property'],
  ['steps.each.result', 'unknown-property'],
  ['steps.script[run.id]', 'computed-name'],
  ['steps.script.output[run.id]', 'computed-name'],
])('%s is a mistake: %s', async (expression, code) => {
  expect(await codesOf(expression)).toEqual([code]);
});

test('the outputs of a fan-out are said to be those of its items', async () => {
  expect(await mistakesIn(FILE.replace('EXPRESSION', 'steps.bare.outputs.size'))).toEqual([
    expect.stringContaining('read steps.bare.results[0].outputs.size or steps.bare.results.*.outputs.size'),
  ]);
});

test('output is kept of every step that one name can mean', async () => {
  const [branch] = await stepsOf(
    'steps: [{if: true, then: [{id: a, run: x}], else: [{id: a, run: y}], outputs: {o: "${{ steps.a.output.stdout }}"}}]',
  );
  expect(branch).toMatchObject({ arms: [{ steps: [{ captures: true }] }, { steps: [{ captures: true }] }] });
});

test('a property is found whatever the case of its letters, else the nearest is suggested', () => {
  const told: string[] = [];
  const known = { owner: 'run', properties: ['id', 'attempt'] };
  expect(checkProperty('ATTEMPT', known, (_, message) => told.push(message))).toBe(true);
  expect(checkProperty('atempt', known, (_, message) => told.push(message))).toBe(false);
  expect(told).toEqual(['"run" has no "atempt", did you mean "attempt"?']);
});
