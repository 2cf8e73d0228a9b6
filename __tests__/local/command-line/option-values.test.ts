import { expect, test } from 'vitest';
import { readWords, usageOf } from '../../../src/local/command-line/option-values.js';

test('a command line is taken apart: command, word, and the values of each option', () => {
  const words = readWords(['--json', 'resume', 'r1', '--rerun', 'a', '--rerun=b', '--work-dir=-x']);
  expect(words).toEqual({
    ok: true,
    value: {
      command: 'resume',
      positional: 'r1',
      options: new Map([
        ['json', []],
        ['rerun', ['a', 'b']],
        ['work-dir', ['-x']],
      ]),
    },
  });
});

test('after a lone -- nothing is an option', () => {
  expect(readWords(['run', '--', '--json'])).toMatchObject({ ok: true, value: { positional: '--json' } });
});

test('usage shows what a command takes', () => {
  expect(usageOf('run')).toBe('savepoint run [pipeline] [options]');
  expect(usageOf('init')).toBe('savepoint init');
});
