import { expect, test } from 'vitest';
import { helpCommand } from '../../../src/local/commands/help.js';
import { helpText } from '../../../src/local/command-line/help-text.js';
import { newMemoryTerminal } from '../memory-terminal.js';

test('help is printed on stdout', () => {
  const terminal = newMemoryTerminal('/');
  expect(helpCommand('resume', terminal)).toBe(0);
  expect(terminal.out.text()).toBe(helpText('resume'));
});
