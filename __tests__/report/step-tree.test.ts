import { expect, test } from 'vitest';
import { stepTree } from '../../src/report/step-tree.js';
import { groupStarted, recordRun, started } from './recorded-run.js';

test('children stand below their container, however the starts were mixed', () => {
  const state = recordRun().add(groupStarted('a'), groupStarted('b'), started('b/x'), started('a/y'), started('c'));
  expect(stepTree(state).map(({ record, depth, isContainer }) => [record.path, depth, isContainer])).toEqual([
    ['a', 0, true],
    ['a/y', 1, false],
    ['b', 0, true],
    ['b/x', 1, false],
    ['c', 0, false],
  ]);
});

test('a container without known children is a container', () => {
  expect(stepTree(recordRun().add(groupStarted('a')))[0]?.isContainer).toBe(true);
});
