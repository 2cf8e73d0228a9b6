import { expect, test } from 'vitest';
import { refuseMistakes } from '../../src/local/refuse-mistakes.js';
import { newMemoryTerminal } from './memory-terminal.js';

test('mistakes in a file are shown at their place, and counted', () => {
  const terminal = newMemoryTerminal('/');
  const position = { line: 1, column: 1, length: 3 };
  const diagnostics = [
    { code: 'one', message: 'this is wrong', position },
    { code: 'two', message: 'so is that', position },
  ];
  expect(refuseMistakes({ diagnostics, source: { file: 'a.yml', bytes: Buffer.from('abc: 1\n') } }, terminal)).toBe(2);
  expect(terminal.err.text()).toBe(
    [
      'a.yml:1:1 this is wrong [one]',
      '  1 | abc: 1',
      '    | ^^^',
      'a.yml:1:1 so is that [two]',
      '  1 | abc: 1',
      '    | ^^^',
      '2 mistakes, nothing was run',
      '',
    ].join('\n'),
  );
});

test('others are said line by line, and cannot act on the terminal', () => {
  const terminal = newMemoryTerminal('/');
  const diagnostics = [
    { code: 'file-not-found', message: 'there is no file "x\u001b[2J.yml"' },
    { code: 'bad-input', message: 'no' },
  ];
  expect(refuseMistakes({ diagnostics, source: undefined }, terminal)).toBe(2);
  expect(terminal.err.text()).toBe(
    'savepoint: there is no file "x\\x1b[2J.yml" [file-not-found]\nsavepoint: no [bad-input]\n',
  );
});
