import { expect, test } from 'vitest';
import { lines, mistakesIn, stepsOf } from '../reading.js';

const inEnv = (expression: string, before = ''): Promise<readonly string[]> =>
  mistakesIn(
    `${before}steps:\n  - {id: a, run: a}\n  - {id: g, steps: [{id: i, run: b}], outputs: {x: "1"}}\n  - {id: z, run: c, env: {A: "\${{ ${expression} }}"}}\n`,
  );

test.each([
  'steps.a.outcome',
  "steps['a'].outputs['any-name']",
  'steps.A.OUTPUT.Exit_Code',
  'steps.g.outputs.X',
  'steps.g.output.duration',
  'needs.g.result',
  'toJSON(needs.g)',
  'toJSON(github)',
  'github[env.NAME]',
  'github.event.pull_request.number',
  'github.repositoryurl',
  'matrix.os || env.ANY || run.attempt || runner.temp',
])('%s can be read', async (expression) => {
  expect(await inEnv(expression)).toEqual([]);
});

test.each([
  ['steps.i.outcome', 'unknown-step'],
  ['steps.b.outcome', 'unknown-step'],
  ['steps.z.outcome', 'not-upstream'],
  ['needs.a.result', 'not-upstream'],
  ['steps.a.result', 'unknown-property'],
  ['steps.a.results', 'unknown-property'],
  ['steps.a.output.code', 'unknown-property'],
  ['steps.g.output.stdout', 'unknown-property'],
  ['steps.g.outputs.y', 'unknown-output'],
  ['steps[env.X]', 'computed-name'],
  ['steps.*.outcome', 'computed-name'],
  ['toJSON(needs)', 'computed-name'],
  ['inputs.x', 'undeclared-input'],
  ['item', 'misplaced-context'],
])('%s cannot: %s', async (expression, code) => {
  expect(await inEnv(expression)).toEqual([expect.stringContaining(`[${code}]`)]);
});

test('inputs are found whatever the case', async () => {
  expect(await inEnv('inputs.CHANNEL', 'inputs: {channel: }\n')).toEqual([]);
});

test.each([
  ['steps.a.output.stdout', true],
  ['steps.a.output.STDERR', true],
  ['toJSON(steps.a.output)', true],
  ['toJSON(steps.a)', true],
  ['needs.a.output.stdout', true],
  ['steps.a.output.exit_code', false],
  ['steps.a.outputs.stdout', false],
])('output is kept where %s needs it: %s', async (expression, captures) => {
  const [step] = await stepsOf(`steps: [{id: a, run: a}, {run: b, env: {A: "\${{ ${expression} }}"}}]`);
  expect(step).toHaveProperty('captures', captures);
});

test('inside a group, what is upstream of the group can be read, and what is beside it cannot', async () => {
  const file = (id: string): string =>
    `steps: [{id: a, run: a}, {id: b, needs: [], run: b}, {needs: a, steps: [{run: c, if: steps.${id}.outcome}]}]`;
  expect(await mistakesIn(file('a'))).toEqual([]);
  expect(await mistakesIn(file('b'))).toEqual([
    expect.stringContaining('add it to the "needs" of "step-3" [not-upstream]'),
  ]);
});

test('outputs see all of their list, whatever waits for what', async () => {
  const text =
    'steps: [{id: a, needs: [], run: a}, {id: b, needs: [], run: b}]\noutputs: {x: "${{ steps.a.outcome }}", y: "${{ steps.b.outcome }}"}';
  expect(await mistakesIn(text)).toEqual([]);
});

test('ten thousand steps may each read one long before them', async () => {
  const step = (index: number): string =>
    `  - id: s${index}\n    run: a\n${index === 0 ? '' : `    if: steps.s${(index * 7919) % index}.outcome == 'success'\n`}`;
  expect(await mistakesIn(`steps:\n${lines(10_000, step)}`)).toEqual([]);
});
