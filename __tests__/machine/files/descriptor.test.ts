import { closeSync, openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createFdWriter, isTerminal } from '../../../src/machine/files/descriptor.js';
import { newTempFolder } from '../temp-folder.js';

test('text and bytes are there when the call returns', () => {
  using folder = newTempFolder();
  const fd = openSync(folder.at('out'), 'w');
  const write = createFdWriter(fd);
  write('é ');
  write(Buffer.from('bytes\n'));
  expect(folder.read('out')).toBe('é bytes\n');
  closeSync(fd);
});

test('output to a place that takes none is dropped without an error', () => {
  const fd = openSync('/dev/full', 'w');
  const write = createFdWriter(fd);
  write('a');
  write('b');
  closeSync(fd);
});

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
