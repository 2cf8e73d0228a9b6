import { expect, test } from 'vitest';
import { refuseMistakes, showWarnings } from '../../../src/local/terminal/refuse-mistakes.js';
import { newMemoryTerminal } from '../memory-terminal.js';

test('mistakes in a file are shown at their place, and counted', () => {
  const terminal = newMemoryTerminal('/');
  const workDir = {
    file: 'a.yml',
    position: { line: 1, column: 1, length: 3 },
    excerpt: '  1 | abc: 1\n    | ^^^',
  };
  const diagnostics = [
    { code: 'one', message: 'this is wrong', ...workDir },
    { code: 'two', message: 'so is that', ...workDir },
  ];
  expect(refuseMistakes(diagnostics, terminal)).toBe(2);
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
  expect(refuseMistakes(diagnostics, terminal)).toBe(2);
  expect(terminal.err.text()).toBe(
    'savepoint: there is no file "x\\x1b[2J.yml" [file-not-found]\nsavepoint: no [bad-input]\n',
  );
});

test('warnings are shown at their place, those without one in one line', () => {
  const terminal = newMemoryTerminal('/');
  const position = { line: 2, column: 1, length: 1 };
  const warnings = [
    { code: 'odd', message: 'this is odd', file: 'a.yml', position, excerpt: '  2 | b\n    | ^' },
    { code: 'odd', message: 'so is\u001b[2J that', file: 'b.yml' },
  ];
  showWarnings(warnings, terminal);
  expect(terminal.err.text()).toBe(
    'warning: a.yml:2:1 this is odd [odd]\n  2 | b\n    | ^\nwarning: b.yml so is␛[2J that [odd]\n',
  );
});
