import { expect, test } from 'vitest';
import { createHeldAnnotations, isAnnotation } from '../../../src/github/log/annotations.js';
import type { Annotation } from '../../../src/run/context/ports.js';

const annotation = (kind: Annotation['kind'], message: string): Annotation => ({ kind, message, properties: {} });
const messages = (annotations: readonly Annotation[]): readonly string[] => annotations.map(({ message }) => message);

test('ours come before those that steps printed', () => {
  const held = createHeldAnnotations();
  held.printed(annotation('warning', 'printed'));
  held.ours(annotation('warning', 'ours'));
  expect(messages(held.release(undefined).annotations)).toEqual(['ours', 'printed']);
});

test('there are at most ten of a kind, the verdict among them, and the rest is counted', () => {
  const held = createHeldAnnotations();
  for (let index = 0; index < 25; index++) {
    held.printed(annotation('error', `e${String(index)}`));
    held.printed(annotation('notice', `n${String(index)}`));
  }
  const { annotations, leftOut } = held.release(annotation('error', 'verdict'));
  expect(messages(annotations)).toEqual([
    ...Array.from({ length: 9 }, (_, index) => `e${String(index)}`),
    ...Array.from({ length: 10 }, (_, index) => `n${String(index)}`),
  ]);
  expect(leftOut).toEqual({ error: 16, warning: 0, notice: 15 });
});

test('what was released is not held any more', () => {
  const held = createHeldAnnotations();
  held.ours(annotation('error', 'x'));
  held.release(undefined);
  expect(held.release(undefined)).toEqual({ annotations: [], leftOut: { error: 0, warning: 0, notice: 0 } });
});

test('groups and debug messages are not annotations', () => {
  const kinds = ['error', 'warning', 'notice', 'debug', 'group', 'endgroup'] as const;
  expect(kinds.filter((kind) => isAnnotation(annotation(kind, '')))).toEqual(['error', 'warning', 'notice']);
});

test('one of ours that was held before is not held again', () => {
  const held = createHeldAnnotations();
  held.ours(annotation('warning', 'the fallback failed'));
  held.ours(annotation('warning', 'the fallback failed'));
  held.ours({ ...annotation('warning', 'the fallback failed'), properties: { line: '3' } });
  expect(held.release(undefined)).toMatchObject({ annotations: [{}, {}], leftOut: { warning: 0 } });
});
