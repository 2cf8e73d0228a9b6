import { expect, test } from 'vitest';
import { createScreen } from '../../../src/local/terminal/screen.js';
import { ANSI, PLAIN, type Paint } from '../../../src/report/text/paint.js';

const record = (paint: Paint) => {
  let text = '';
  const screen = createScreen({
    paint,
    columns: undefined,
    write: (content) => (text += Buffer.from(content).toString()),
  });
  return { screen, text: () => text };
};

test('a line never begins in the middle of another', () => {
  const { screen, text } = record(PLAIN);
  screen.raw(Buffer.from('half'));
  screen.line('ours');
  screen.raw(Buffer.from('whole\n'));
  screen.line('ours');
  screen.endLine();
  expect(text()).toBe('half\nours\nwhole\nours\n');
});

test('a colour that a step left on ends with its output', () => {
  const { screen, text } = record(ANSI);
  screen.raw(Buffer.from('\u001b[31mred\n'));
  screen.line('ours');
  screen.line('ours');
  expect(text()).toBe('\u001b[31mred\n\u001b[0mours\nours\n');
});
