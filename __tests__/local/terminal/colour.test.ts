import { expect, test } from 'vitest';
import { choosePaint } from '../../../src/local/terminal/colour.js';
import { ANSI, PLAIN } from '../../../src/report/text/paint.js';

test('a terminal gets colours', () => {
  expect(choosePaint({ isTerminal: true, noColor: false, env: { TERM: 'xterm' } })).toBe(ANSI);
});

test('an empty NO_COLOR declines nothing', () => {
  expect(choosePaint({ isTerminal: true, noColor: false, env: { NO_COLOR: '' } })).toBe(ANSI);
});

test.each([
  ['anything but a terminal', { isTerminal: false, noColor: false, env: {} }],
  ['--no-color', { isTerminal: true, noColor: true, env: {} }],
  ['NO_COLOR', { isTerminal: true, noColor: false, env: { NO_COLOR: '1' } }],
  ['a dumb terminal', { isTerminal: true, noColor: false, env: { TERM: 'dumb' } }],
])('%s gets none', (_what, question) => {
  expect(choosePaint(question)).toBe(PLAIN);
});
