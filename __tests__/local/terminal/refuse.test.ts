import { expect, test } from 'vitest';
import { refuse } from '../../../src/local/terminal/refuse.js';
import { newMemoryTerminal } from '../memory-terminal.js';

test('a refusal is said on stderr and means exit code 2', () => {
  const terminal = newMemoryTerminal('/');
  expect(refuse('two\nlines\u001b[2J', terminal)).toBe(2);
  expect(terminal.err.text()).toBe('savepoint: two\nsavepoint: lines\\x1b[2J\n');
});
