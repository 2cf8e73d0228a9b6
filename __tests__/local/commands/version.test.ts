import { expect, test } from 'vitest';
import { versionCommand } from '../../../src/local/commands/version.js';
import { VERSION } from '../../../src/local/terminal/version.js';
import { newMemoryTerminal } from '../memory-terminal.js';

test('the version is printed and nothing else', () => {
  const terminal = newMemoryTerminal('/');
  expect(versionCommand(terminal)).toBe(0);
  expect(terminal.out.text()).toBe(`${VERSION}\n`);
});
