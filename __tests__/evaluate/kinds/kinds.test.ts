import { expect, test } from 'vitest';
import { isContainer, type ContainerStep } from '../../../src/language/model/pipeline.js';
import { groupKind } from '../../../src/evaluate/kinds/group.js';
import {
  calledFallbacks,
  containerKind,
  declaredFallbacks,
  definitionOf,
  scriptsOf,
} from '../../../src/evaluate/kinds/kinds.js';
import { iterationStep } from '../../../src/evaluate/kinds/loop.js';
import {
  branch,
  call,
  commands,
  fanOut,
  group,
  loop,
  parallel,
  pipeline,
  script,
  type LooseStep,
} from '../../plan/pipeline-builder.js';

const container = ({ step }: LooseStep): ContainerStep => {
  if (!isContainer(step)) throw new Error('a container');
  return step;
};

const two = [script('x'), script('y')];
const cleanUp = { finally: [script('z').step] };

test('only some containers choose what they run', () => {
  const all = [
    group('g', two),
    call('c', pipeline(two)),
    branch('b', { condition: 'a', then: two }),
    fanOut('f', { items: [], body: two }),
  ];
  expect(all.map((step) => containerKind(container(step)).choosing !== undefined)).toEqual([false, false, true, true]);
});

test('a call has the fallbacks of its file too', () => {
  const { step } = call('c', pipeline(two, { fallbacks: cleanUp }), { fallbacks: { on_failure: [script('z').step] } });
  expect(calledFallbacks(step, 'g/c')).toEqual({ path: 'g/c/@pipeline', fallbacks: cleanUp });
  expect(declaredFallbacks(step)).toEqual(['on_failure', 'finally']);
});

test('other steps have only their own', () => {
  const { step } = group('g', two, { fallbacks: cleanUp });
  expect([calledFallbacks(step, 'g'), declaredFallbacks(step)]).toEqual([undefined, ['finally']]);
});

test.each([
  [script('s', { run: 'a' }).step, ['a'], false],
  [commands('s', ['a', 'b']).step, ['a', 'b'], false],
  [{ ...commands('s', ['a', 'b']).step, mode: 'continue' as const }, ['a', 'b'], true],
])('a process step knows its scripts', (step, texts, continues) => {
  if (isContainer(step)) throw new Error('a process step');
  expect(scriptsOf(step)).toEqual({ texts, continues });
  expect(definitionOf(step)).toEqual(expect.arrayContaining([step.kind === 'script' ? 'a' : texts]));
});

test('groups and parallel steps share what is known of them', () => {
  const kinds = [group('g', two), parallel('p', two)].map((step) => containerKind(container(step)));
  expect(kinds).toEqual([groupKind, groupKind]);
});

test('an iteration is a group named for its number, which needs nothing by itself', () => {
  const { step } = loop('l', { condition: 'a', steps: two }, { name: 'Wait' });
  if (step.kind !== 'loop') throw new Error('a loop');
  expect(iterationStep(step, 2)).toMatchObject({ kind: 'group', id: 'l[2]', name: 'Wait [2]', needs: [] });
});
