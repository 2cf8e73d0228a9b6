import { describe, expect, test } from 'vitest';
import { armNames } from '../../../src/language/read/arm-names.js';
import { UNREAD, calledPath } from '../../../src/language/read/called-path.js';
import { mistakesIn, stepsOf, treeOf, valueAt } from '../reading.js';
import { readCondition } from '../../../src/language/read/read-condition.js';
import { readJson } from '../../../src/language/read/read-json.js';
import { readPattern } from '../../../src/language/read/read-pattern.js';
import { safePath } from '../../../src/language/read/safe-path.js';
import type { ScalarNode } from '../../../src/language/yaml/yaml-tree.js';
import { type Scope, findStep } from '../../../src/language/read/scope.js';

describe('arm names', () => {
  test('a case is named by its text where that could be an id', () => {
    expect(armNames(['beta', 'stable_2', 'two words', '1', '', 'linux/amd64', 'x'.repeat(101)])).toEqual([
      'beta',
      'stable_2',
      'case-two-words',
      'case-1',
      'case-5',
      'case-linux-amd64',
      `case-${'x'.repeat(40)}`,
    ]);
  });

  test('names differ whatever the case of their letters, and from default and the fallbacks', () => {
    expect(armNames(['a', 'A', 'Default', 'finally', 'on_Failure'])).toEqual([
      'a',
      'case-a',
      'case-default',
      'case-finally',
      'case-on-failure',
    ]);
  });

  test('a made name gives way to a text', () => {
    expect(armNames(['1', 'case-1', 'CASE-1-2'])).toEqual(['case-1-3', 'case-1', 'CASE-1-2']);
  });
});

describe('called path', () => {
  const pathIn = (value: string): readonly unknown[] => {
    const { root, mistakes } = treeOf(`pipeline: ${value}`);
    return [calledPath(valueAt(root, 'pipeline'), mistakes), ...mistakes.list().map(({ code }) => code)];
  };

  test.each([
    ['./a//b.yml', ['a/b.yml']],
    ['.', ['.']],
    ['../a.yml', [undefined, 'bad-path']],
    ['"${{ inputs.a }}"', [undefined]],
    ['5', [undefined]],
  ])('%s names %j', (value, expected) => {
    expect(pathIn(value)).toEqual(expected);
  });

  test('nothing is known of a file with mistakes', () => {
    expect([UNREAD.inputs, UNREAD.steps, UNREAD.outputs]).toEqual([[], [], {}]);
  });
});

describe('read condition', () => {
  const read = (text: string) => {
    const { root, reading } = treeOf(`[${text}]`);
    const taken: string[] = [];
    const use = { place: 'step', viewer: undefined, take: (each: string) => taken.push(each), isIf: true } as const;
    readCondition(root.kind === 'list' ? root.items[0] : undefined, use, reading);
    return { taken, sites: reading.sites.map(({ node }) => node.value) };
  };

  test('a plain value is known at once, a text when it was checked', () => {
    expect(read('true')).toEqual({ taken: ['true'], sites: [] });
    expect(read('0')).toEqual({ taken: ['0'], sites: [] });
    expect(read('always()')).toEqual({ taken: [], sites: ['always()'] });
  });

  test('nothing, and a value that is not a scalar, are not a condition', () => {
    expect(read('~')).toEqual({ taken: [], sites: [] });
    expect(read('{a: b}')).toEqual({ taken: [], sites: [] });
  });
});

describe('read defaults', () => {
  test('the nearest shell and working directory win, through every kind of container', async () => {
    const [branch, loop, each] = await stepsOf(
      `defaults: {shell: sh, working_directory: d}
steps:
  - {if: true, shell: node, then: [{run: a}, {run: b, shell: bash}]}
  - {while: true, working_directory: w, steps: [{run: a}]}
  - {for_each: [a], shell: python, steps: [{steps: [{run: a}]}]}`,
    );
    expect(branch).toMatchObject({
      arms: [{ steps: [{ shell: 'node', workingDirectory: 'd' }, { shell: 'bash' }] }],
    });
    expect(loop).toMatchObject({ steps: [{ shell: 'sh', workingDirectory: 'w' }] });
    expect(each).toMatchObject({ body: { steps: [{ steps: [{ shell: 'python' }] }] } });
  });

  test('a shell is one of those known, or a command with a place for the script', async () => {
    expect(await mistakesIn('defaults: {shell: bsh}\nsteps: [{run: a}]')).toEqual([
      expect.stringContaining('unknown shell "bsh", did you mean "bash"?'),
    ]);
  });
});

describe('read globs', () => {
  test('globs are one or a list, in their plain form, and may hold expressions', async () => {
    const [step] = await stepsOf('steps: [{run: a, reads: ./src/, writes: [out/**, "log-${{ run.id }}.txt"]}]');
    expect(step).toMatchObject({ reads: ['src'], writes: ['out/**', 'log-${{ run.id }}.txt'] });
  });

  test('globs stay in the workspace, and their expressions are checked', async () => {
    expect(await mistakesIn('steps: [{run: a, reads: ../x, writes: "${{ steps.b }}"}]')).toEqual([
      expect.stringContaining('[bad-path]'),
      expect.stringContaining('[unknown-step]'),
    ]);
  });
});

describe('read json', () => {
  test('values keep their types, and numbers that a double cannot hold their digits', () => {
    const { root, reading } = treeOf('[1, 0.5, a, true, ~, {b: [c]}, 12345678901234567890]');
    const standing = { place: 'step', viewer: undefined } as const;
    expect(readJson(root, standing, reading)).toEqual([1, 0.5, 'a', true, null, { b: ['c'] }, '12345678901234567890']);
    expect(reading.sites).toEqual([]);
  });

  test('expressions at any depth are noted', () => {
    const { root, reading } = treeOf('[{a: ["${{ x }}"]}, "${{ y }}"]');
    readJson(root, { place: 'step', viewer: undefined }, reading);
    expect(reading.sites.map(({ node }) => node.value)).toEqual(['${{ x }}', '${{ y }}']);
  });
});

describe('read pattern', () => {
  test('a pattern that does not parse is reported with the reason', () => {
    const { root, mistakes } = treeOf('good: "^a|b$"\nbad: "(a"');
    expect(readPattern(valueAt(root, 'good'), 'match', { mistakes })).toBe('^a|b$');
    expect(mistakes.any()).toBe(false);
    readPattern(valueAt(root, 'bad'), 'match', { mistakes });
    expect(mistakes.list().map(({ message }) => message)).toEqual([
      '"match" is not a valid regular expression: unterminated group',
    ]);
  });

  test('a missing pattern is undefined', () => {
    const { mistakes } = treeOf('a: 1');
    expect(readPattern(undefined, 'match', { mistakes })).toBeUndefined();
  });
});

describe('read step', () => {
  const step = async (fields: string) => (await stepsOf(`steps: [{${fields}}]`))[0];

  test.each([
    ['run: a, name: N, id: i', 'N'],
    ['run: a, id: i', 'i'],
    ['run: "\\n  first line  \\nsecond"', 'first line'],
    ['commands: [one, two]', 'one'],
    ['steps: [{run: a}]', 'step-1'],
  ])('the display text of {%s} is %s', async (fields, name) => {
    expect(await step(fields)).toHaveProperty('name', name);
  });

  test.each([
    ['true', 'true'],
    ['0', '0'],
    ['"${{ always() }}"', 'always()'],
    ['failure()', 'failure()'],
  ])('the condition %s is read as %s', async (written, condition) => {
    expect(await step(`run: a, if: ${written}`)).toHaveProperty('if', condition);
  });

  test('the default timeout is one of processes, not of groups', async () => {
    const [group] = await stepsOf('defaults: {timeout: 1s}\nsteps: [{steps: [{run: a}]}]');
    expect(group).not.toHaveProperty('timeoutMs');
    expect(group).toHaveProperty('steps.0.timeoutMs', 1000);
  });

  test('a shell with a place for the script may be any command', async () => {
    expect(await step('run: a, shell: "perl -w {0}"')).toHaveProperty('shell', 'perl -w {0}');
    expect(await mistakesIn('steps: [{run: a, shell: perl}]')).toEqual([expect.stringContaining('[bad-shell]')]);
  });
});

describe('safe path', () => {
  const check = (value: string, mayBeRoot = true) => {
    const { reading, mistakes } = treeOf('a');
    const node: ScalarNode = { kind: 'scalar', value, start: 0, end: 1, verbatimAt: 0 };
    const path = safePath(node, { what: '"reads"', mayBeRoot }, reading);
    return mistakes.list()[0]?.message ?? path;
  };

  test.each([
    ['a/b', 'a/b'],
    ['./a', 'a'],
    ['.//./a//', 'a'],
    ['.', '.'],
    ['./', '.'],
    ['!a/**', '!a/**'],
    ['..a/b..', '..a/b..'],
    ['${{ inputs.dir }}/x', '${{ inputs.dir }}/x'],
  ])('%s is %s', (value, path) => {
    expect(check(value)).toBe(path);
  });

  test.each(['/a', '\\a', 'C:\\a', 'c:a', '!/a'])('%s is not relative', (value) => {
    expect(check(value)).toContain('"reads" must be a relative path, found');
  });

  test.each(['..', 'a/../b', '../a', 'a\\..\\b', '!../a'])('%s leads out', (value) => {
    expect(check(value)).toContain('"reads" must not lead out with "..", found');
  });

  test.each(['.', './', './.'])('%s names no folder of its own', (value) => {
    expect(check(value, false)).toContain('"reads" must name a folder, found');
  });
});

describe('scope', () => {
  const scope = (ids: readonly string[], around?: Scope['around']): Scope => ({
    ids: new Map(ids.map((id, index) => [id, index])),
    needs: [],
    ranks: [],
    nodes: [],
    steps: [],
    around,
    contexts: [],
    fallbackDepth: 0,
  });

  test('a step is found in the list itself, then in those around it, whatever the case', () => {
    const outer = scope(['a', 'group']);
    const around = { scope: outer, at: 1 };
    const viewer = { scope: scope(['b', 'c'], around), at: 0 };
    expect(findStep('C', viewer)).toEqual({ index: 1, viewer });
    expect(findStep('A', viewer)).toEqual({ index: 0, viewer: around });
    expect(findStep('x', viewer)).toBeUndefined();
    expect(findStep('a', undefined)).toBeUndefined();
  });
});
