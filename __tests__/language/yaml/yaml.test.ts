import { describe, expect, test } from 'vitest';
import { lines, mistakesIn, stepsOf, treeOf, valueAt } from '../reading.js';
import { LONG } from '../../rig/scale.js';
import { describe as inWords, textOf } from '../../../src/language/yaml/yaml-tree.js';

describe('aliases', () => {
  test('an alias is the very value it names', () => {
    const { root } = treeOf('a: &x {b: [c]}\nd: [*x, *x]\n');
    const list = valueAt(root, 'd');
    const [first, second] = list.kind === 'list' ? list.items : [];
    expect(first).toBe(valueAt(root, 'a'));
    expect(second).toBe(first);
  });

  test('an alias names the anchor last set before it, in a long list too', async () => {
    const steps = await stepsOf(`steps:\n${lines(100, (index) => `  - run: &a s${index}\n  - run: *a\n`)}`);
    const runs = steps.map((step) => (step.kind === 'script' ? step.run : ''));
    expect(runs).toEqual(Array.from({ length: 200 }, (_, index) => `s${Math.floor(index / 2)}`));
  });

  test('an anchor at the top of the file reaches into a long list', async () => {
    const steps = await stepsOf(`env: &e {A: b}\nsteps:\n${lines(50, () => '  - {run: a, env: *e}\n')}`);
    expect(steps.map(({ env }) => env)).toEqual(Array.from({ length: 50 }, () => ({ A: 'b' })));
  });

  test('a chain of aliases that nests too deep is refused', async () => {
    const text = `a0: &a0 [x]\n${lines(1000, (index) => `a${index + 1}: &a${index + 1} [*a${index}]\n`)}`;
    expect(await mistakesIn(text)).toEqual([expect.stringContaining('[too-many-aliases]')]);
  });

  test('a hundred thousand uses of one alias are refused', LONG, async () => {
    const text = `x: &x a\nsteps:\n${'  - *x\n'.repeat(100_001)}`;
    expect(await mistakesIn(text)).toEqual([expect.stringContaining('[too-many-aliases]')]);
  });

  test('an alias inside what it names is refused', async () => {
    expect(await mistakesIn('steps: &s\n  - steps: [*s]\n')).toEqual([
      '2:13 "*s" is inside the value it refers to [alias-inside-itself]',
    ]);
  });
});

describe('yaml tree', () => {
  test.each([
    ['[1]', 'a list'],
    ['{a: 1}', 'a mapping'],
    ['~', 'nothing'],
    ['text', 'text'],
    ['1.50', 'the number 1.5'],
    ['true', 'true'],
  ])('%s is called %s', (yaml, words) => {
    expect(inWords(valueAt(treeOf(`x: ${yaml}`).root, 'x'))).toBe(words);
  });

  test('only text has a text', () => {
    const { root } = treeOf('a: b\nc: 1\nd: [e]');
    expect(['a', 'c', 'd'].map((key) => textOf(valueAt(root, key)))).toEqual(['b', undefined, undefined]);
    expect(textOf(undefined)).toBeUndefined();
  });
});
