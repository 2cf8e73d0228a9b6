import { expect, test } from 'vitest';
import { calledPath, UNREAD } from '../../../src/language/read/called-path.js';
import { treeOf, valueAt } from '../reading.js';

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
