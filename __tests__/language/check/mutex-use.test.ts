import { expect, test } from 'vitest';
import type { CalledFile } from '../../../src/language/read/called-file.js';
import { mutexUseOf, noteCalledNestings } from '../../../src/language/check/mutex-use.js';
import type { MutexNesting } from '../../../src/language/read/scope.js';
import type { YamlNode } from '../../../src/language/yaml/yaml-tree.js';
import { pipelineOf } from '../reading.js';

const node: YamlNode = { kind: 'scalar', start: 3, end: 4, value: 'a.yml', verbatimAt: 3 };
const nesting = { held: ['net'], wanted: 'db' };

const called = async (): Promise<Map<string, CalledFile & { readonly node: YamlNode }>> => {
  const pipeline = await pipelineOf('steps: [{run: x}]');
  return new Map([
    ['a.yml', { pipeline, depth: 0, stepCount: 1, node, mutexes: { wanted: ['net', 'db'], nestings: [nesting] } }],
  ]);
};

test('a file wants what its steps want, wherever they stand, and what the files it calls want', async () => {
  const pipeline = await pipelineOf(
    'steps: [{run: x, mutex: one}, {steps: [{run: y, finally: [{run: z, mutex: two}]}]}]\nfinally: [{run: w, mutex: db}]',
  );
  const { wanted } = mutexUseOf(pipeline, { mutexNestings: [], called: await called() });
  expect(wanted).toEqual(['one', 'two', 'db', 'net']);
});

test('a nesting that was noted twice counts once', async () => {
  const pipeline = await pipelineOf('steps: [{run: x}]');
  const mutexNestings = [
    { ...nesting, node },
    { held: ['x', 'y'], wanted: 'db', node },
    { ...nesting, node },
  ];
  expect(mutexUseOf(pipeline, { mutexNestings, called: new Map() }).nestings).toEqual([
    nesting,
    { held: ['x', 'y'], wanted: 'db' },
  ]);
});

test('what a called file nests is noted where it is named', async () => {
  const mutexNestings: MutexNesting[] = [];
  noteCalledNestings({ mutexNestings, called: await called() });
  expect(mutexNestings).toEqual([{ ...nesting, node }]);
});
