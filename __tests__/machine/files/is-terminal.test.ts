import { closeSync, openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isTerminal } from '../../../src/machine/files/is-terminal.js';
import { newTempFolder } from '../temp-folder.js';

const isTerminalAt = (path: string): boolean => {
  const fd = openSync(path, 'r+');
  try {
    return isTerminal(fd);
  } finally {
    closeSync(fd);
  }
};

test('a pseudo-terminal is a terminal', () => {
  expect(isTerminalAt('/dev/ptmx')).toBe(true);
});

test('other devices and files are none', () => {
  using folder = newTempFolder();
  expect(['/dev/null', '/dev/zero', folder.write('file')].map(isTerminalAt)).toEqual([false, false, false]);
});

test('a closed file is none', () => {
  expect(isTerminal(987_654)).toBe(false);
});
