import { expect, test } from 'vitest';
import { renderAnnotation, warningText } from '../../../src/report/text/annotation-text.js';
import { ANSI, PLAIN } from '../../../src/report/text/paint.js';
import type { Annotation } from '../../../src/run/context/ports.js';

const annotation = (
  kind: Annotation['kind'],
  message: string,
  properties: Annotation['properties'] = {},
): Annotation => ({
  kind,
  message,
  properties,
});

test.each<[Annotation, readonly string[]]>([
  [annotation('error', 'bad', { file: 'a.ts', line: '3', col: '5' }), ['error: a.ts:3:5 bad']],
  [annotation('warning', 'hm', { file: 'a.ts' }), ['warning: a.ts hm']],
  [annotation('notice', 'look', { title: 'Coverage' }), ['notice: Coverage: look']],
  [annotation('error', 'one\ntwo\u001b[2J'), ['error: one', '  two\\x1b[2J']],
  [annotation('debug', 'x=1'), ['debug: x=1']],
  [annotation('group', 'Install'), ['▸ Install']],
  [annotation('endgroup', ''), []],
])('a workflow command becomes lines: %#', (given, lines) => {
  expect(renderAnnotation(given, PLAIN)).toEqual(lines);
});

test('errors are red', () => {
  expect(renderAnnotation(annotation('error', 'bad'), ANSI)).toEqual(['\u001b[31merror:\u001b[39m bad']);
});

test('a warning about a step names it, but not twice', () => {
  expect(warningText('the disk is full', undefined)).toBe('the disk is full');
  expect(warningText('the disk is full', 'a')).toBe('a: the disk is full');
  expect(warningText('the log of "a" is not complete', 'a')).toBe('the log of "a" is not complete');
});
