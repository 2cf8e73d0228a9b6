import { expect, test } from 'vitest';
import { ANSI, PLAIN } from '../../../src/report/text/paint.js';

const COLOURS = ['red', 'green', 'yellow', 'cyan', 'bold', 'dim'] as const;

test.each(COLOURS)('%s is on for its text only, and off on a plain surface', (colour) => {
  expect(ANSI[colour]('text')).toMatch(/^\u001b\[\d+mtext\u001b\[(39|22)m$/);
  expect(ANSI[colour]('')).toBe('');
  expect(PLAIN[colour]('text')).toBe('text');
});

test('all colours differ', () => {
  expect(new Set(COLOURS.map((colour) => ANSI[colour]('x'))).size).toBe(COLOURS.length);
});
