import { expect, test } from 'vitest';
import { mistakesIn, stepsOf } from '../reading.js';

const checksOf = async (text: string) => (await stepsOf(`steps: [{id: s, run: a, expect: ${text}}]`))[0]?.expect;

test('one check needs no list', async () => {
  expect(await checksOf('{path: dist}')).toEqual([{ kind: 'files', level: 'error', path: 'dist', minCount: 1 }]);
});

test('a schema is a file, or stands in the check', async () => {
  expect(await checksOf('{path: a, json_schema: ./s.json}')).toMatchObject([{ schema: { file: 's.json' } }]);
  expect(await checksOf('{path: a, json_schema: {const: [1, x]}}')).toMatchObject([
    { schema: { inline: { const: [1, 'x'] } } },
  ]);
});

test('a check may only warn', async () => {
  expect(await checksOf('[{output: v, matches: "^1", level: warning}]')).toEqual([
    { kind: 'output', level: 'warning', name: 'v', matches: '^1' },
  ]);
});

test('an expression sees the step itself, and what is in it', async () => {
  expect(await checksOf('{that: "${{ steps.s.outputs.x }}"}')).toEqual([
    { kind: 'that', level: 'error', condition: 'steps.s.outputs.x' },
  ]);
  const file = (kind: string, that: string): string =>
    `steps: [{id: before, run: a}, {id: s, ${kind}, expect: {that: ${that}}}, {id: later, run: b}]`;
  const group = 'steps: [{id: inner, run: a}]';
  expect(await mistakesIn(file(group, 'steps.inner.outputs.x && steps.s.outcome && needs.before.result'))).toEqual([]);
  expect(await mistakesIn(file(group, 'steps.later.outcome'))).toEqual([expect.stringContaining('[not-upstream]')]);
  expect(await mistakesIn(file('for_each: [a], steps: [{id: inner, run: a}]', 'steps.inner.outcome'))).toEqual([
    expect.stringContaining('[unknown-step]'),
  ]);
});

test('an output that is looked at is one that the step can have', async () => {
  const group = (name: string): string =>
    `steps: [{steps: [{run: a}], outputs: {x: "1"}, expect: {output: ${name}, matches: a}}]`;
  expect(await mistakesIn(group('X'))).toEqual([]);
  expect(await mistakesIn(group('other'))).toEqual([expect.stringContaining('[unknown-output]')]);
});
