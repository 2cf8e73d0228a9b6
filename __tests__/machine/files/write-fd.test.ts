import { closeSync, openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createFdWriter } from '../../../src/machine/files/write-fd.js';
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
