import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/base/stable-json.js';
import { isContainer } from '../../../src/language/model/pipeline.js';
import { valuesDigest } from '../../../src/evaluate/context/digests.js';
import { containerKind } from '../../../src/evaluate/kinds/kinds.js';
import { branch, fanOut, group, loop, script, switchOn, type LooseStep } from '../../plan/pipeline-builder.js';
import { scopeOf } from '../../plan/scope-of.js';

const digest = ({ step }: LooseStep, contexts: Readonly<Record<string, Json>>): string => {
  if (!isContainer(step)) throw new Error('a container');
  const read = containerKind(step).choosing?.reads(step, scopeOf(contexts));
  return read === undefined ? 'outer' : valuesDigest('outer', read);
};

const before = { steps: { build: { outputs: { v: '1', w: '1' }, output: { duration: 1 } } }, env: { A: 'a', B: 'b' } };
const withV = { ...before, steps: { build: { outputs: { v: '2', w: '1' }, output: { duration: 1 } } } };
const withW = { ...before, steps: { build: { outputs: { v: '1', w: '2' }, output: { duration: 2 } } } };

describe.each<[string, (expression: string) => LooseStep]>([
  ['branch', (condition) => branch('b', { condition, then: [] })],
  ['switch', (value) => switchOn('b', { value, cases: {} })],
  ['loop', (condition) => loop('b', { condition, steps: [] })],
  ['fan-out', (items) => fanOut('b', { items, body: [] })],
  ['fan-out over a list', (value) => fanOut('b', { items: [{ deep: [`\${{ ${value} }}`] }], body: [] })],
])('what decides for a %s', (_, make) => {
  test('changes with what its expression reads, and with nothing else', () => {
    const step = make("steps.BUILD.outputs['v'] == env.a");
    expect(digest(step, withV)).not.toBe(digest(step, before));
    expect(digest(step, withW)).toBe(digest(step, before));
    expect(digest(step, { ...before, env: { A: 'x', B: 'b' } })).not.toBe(digest(step, before));
    expect(digest(step, { ...before, env: { A: 'a', B: 'x' } })).toBe(digest(step, before));
  });

  test('changes with anything in what it reads by a computed name, or as a whole', () => {
    for (const expression of ['steps.build.outputs[env.A]', 'toJSON(steps.build.outputs)', 'steps.build.*.w']) {
      expect(digest(make(expression), withW), expression).not.toBe(digest(make(expression), before));
    }
  });

  test('goes on from what is around it', () => {
    expect(digest(make("steps.build.outputs.v == 'x'"), before)).not.toBe('outer');
  });
});

test('a loop does not mind what its own steps come to', () => {
  const step = loop('l', { condition: "steps.Build.outputs.v != 'x'", steps: [script('build')] });
  expect(digest(step, withV)).toBe(digest(step, before));
});

test('a fan-out minds how its list is written', () => {
  const of = (items: string | readonly Json[]): string => digest(fanOut('f', { items, body: [] }), before);
  expect(of(['a', 'b'])).not.toBe(of(['a', 'c']));
  expect(of("fromJSON('[1]')")).not.toBe(of("fromJSON('[1, 2]')"));
});

test('a group decides nothing', () => {
  expect(digest(group('g', [script('x')]), before)).toBe('outer');
});
