import { describe, expect, test } from 'vitest';
import { kindKeysOf, kindOf } from '../../../src/language/fields/kind-keys.js';
import { STEP_MARKS } from '../../../src/language/kinds/kind-rows.js';
import type { MapNode } from '../../../src/language/yaml/yaml-tree.js';
import { mistakesIn, treeOf } from '../reading.js';
import { listOf, oneOrMore, text } from '../../../src/language/fields/shape.js';
import { FALLBACK_NAMES } from '../../../src/language/model/pipeline.js';
import { SHELLS, fallbacks } from '../../../src/language/fields/shared-fields.js';
import { spellingsOf } from '../../../src/language/fields/spellings.js';
import { CHECK, EVERY_STEP, PROCESS_FIELDS, RETRY, STEP_OUTPUTS } from '../../../src/language/fields/step-fields.js';
import { DURATION, ENV_NAME, ID, NOT_BLANK, SIZE } from '../../../src/language/fields/text-rules.js';

describe('kind keys', () => {
  const mapOf = (text: string): MapNode => {
    const { root } = treeOf(text);
    return root.kind === 'map' ? root : expect.fail('no mapping');
  };

  test.each([
    ['{id: a, parallel: []}', 'parallel'],
    ['{while: a, steps: []}', 'while'],
    ['{steps: [], do_while: a}', 'do_while'],
    ['{for_each: [], run: a}', 'for_each'],
    ['{for_each: [], commands: []}', 'for_each'],
    ['{if: a, then: [], else: []}', 'then'],
    ['{switch: a, cases: {}}', 'switch'],
    ['{pipeline: a}', 'pipeline'],
    ['{while: a}', 'while'],
    ['{id: a}', undefined],
    ['{run: a, steps: []}', undefined],
    ['{while: a, run: a}', undefined],
    ['{for_each: [], run: a, steps: []}', undefined],
    ['{gate: {}}', undefined],
  ])('the kind of %s is that of its leading key: %s', (text, kind) => {
    expect(kindOf(mapOf(text), STEP_MARKS)).toBe(kind);
  });

  test('a body belongs to its leader', () => {
    const { all, leaders, bodies } = kindKeysOf(mapOf('{run: a, id: b, for_each: []}'), STEP_MARKS);
    expect([all, leaders, bodies].map((entries) => entries.map(({ key }) => key))).toEqual([
      ['run', 'for_each'],
      ['for_each'],
      ['run'],
    ]);
  });
});

describe('shape', () => {
  test('a list of one or more may be written as its only item, a plain list may not', () => {
    expect(oneOrMore(text)).toEqual({ is: 'list', of: text, least: 0, orOne: true });
    expect(listOf(text, 1)).toEqual({ is: 'list', of: text, least: 1, orOne: false });
  });
});

describe('shared fields', () => {
  test('there is a field for each fallback', () => {
    expect(fallbacks.map(({ name }) => name)).toEqual(FALLBACK_NAMES);
  });

  test.each(SHELLS)('the shell %s needs no template', async (shell) => {
    expect(await mistakesIn(`steps: [{run: a, shell: ${shell}}]`)).toEqual([]);
  });
});

describe('spellings', () => {
  test('a field is found by its name and by the spelling of GitHub, each with its shape', () => {
    const alias = { name: 'a-b', shape: { is: 'boolean' } } as const;
    const field = { name: 'a_b', about: '', shape: text, alias };
    expect([...spellingsOf([field])]).toEqual([
      ['a_b', { field, shape: text }],
      ['a-b', { field, shape: alias.shape }],
    ]);
  });
});

describe('step fields', () => {
  test('every field of retry and of a check can be used', () => {
    expect([...RETRY, ...CHECK].filter(({ shape }) => shape === undefined)).toEqual([]);
  });

  test('no field of some kinds is a field of every kind', () => {
    const some = [...PROCESS_FIELDS, STEP_OUTPUTS].map(({ name }) => name);
    expect(EVERY_STEP.filter(({ name }) => some.includes(name))).toEqual([]);
  });
});

describe('text rules', () => {
  test.each([
    [ID, ['a', '_a', 'A-1_b'], ['', '1a', '-a', 'a b', 'a.b', 'é', 'a\n']],
    [ENV_NAME, ['A', '_', 'a1'], ['', '1A', 'A-B', 'A\n']],
    [DURATION, ['0s', '10ms', '5m', '1h', '7d'], ['', '5', 's', '1.5s', '-1s', '1 s', '1S', '1w']],
    [SIZE, ['0B', '10KiB', '5MiB', '1GiB'], ['', '5', 'B', '1.5GiB', '-1B', '1 B', '1GB', '1gib', '1B\n']],
    [NOT_BLANK, ['a', ' a\n'], ['', ' ', '\n\t']],
  ])('$code: a text follows the rule or not', ({ pattern }, good, bad) => {
    expect(good.filter((text) => !pattern.test(text))).toEqual([]);
    expect(bad.filter((text) => pattern.test(text))).toEqual([]);
  });
});
