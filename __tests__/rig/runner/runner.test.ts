import { describe, expect, test } from 'vitest';
import { createLineReader } from './line-reader.js';
import { parseWorkflowCommand } from './workflow-command.js';

describe('line reader', () => {
  const linesOf = (chunks: readonly Buffer[]): readonly string[] => {
    const lines: string[] = [];
    const reader = createLineReader((line) => lines.push(line));
    chunks.forEach((chunk) => reader.push(chunk));
    reader.end();
    return lines;
  };

  test('lines are the same wherever the chunks are cut', () => {
    const bytes = Buffer.from('one\ntwo\r\nthrée\rfour\n\nlast');
    const expected = ['one', 'two', 'thrée', 'four', '', 'last'];
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(linesOf([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(expected);
    }
  });

  test('an end of line at the very end begins no further line', () => {
    expect(linesOf([Buffer.from('a\n')])).toEqual(['a']);
    expect(linesOf([Buffer.from('a\r')])).toEqual(['a']);
    expect(linesOf([])).toEqual([]);
  });
});

describe('workflow command', () => {
  const parse = (line: string): ReturnType<typeof parseWorkflowCommand> =>
    parseWorkflowCommand(line, (name) => ['error', 'save-state'].includes(name));

  test('a command stands at the start of a line, after blanks, in any case', () => {
    const command = { name: 'error', properties: {}, data: 'wrong' };
    expect(parse('::error::wrong')).toEqual(command);
    expect(parse(' \t::ERROR::wrong')).toEqual(command);
    expect(parse('x ::error::wrong')).toBeUndefined();
  });

  test('an older command stands anywhere in a line', () => {
    expect(parse('text ##[save-state name=a;b=%5D]va%3Blue')).toEqual({
      name: 'save-state',
      properties: { name: 'a', b: ']' },
      data: 'va;lue',
    });
    expect(parse('::unknown::##[error]wrong')).toMatchObject({ name: 'error', data: 'wrong' });
  });

  test('properties and data are unescaped, each by its own rules', () => {
    expect(parse('::error file=a%2Cb%3Ac,line=3,empty=,title=x=y::50%25%0Aof%3A')).toEqual({
      name: 'error',
      properties: { file: 'a,b:c', line: '3', title: 'x=y' },
      data: '50%\nof%3A',
    });
  });

  test('an unknown command is text', () => {
    for (const line of ['', '::', '::error', '::warning::x', '##[error', '##[nothing]x']) {
      expect(parse(line)).toBeUndefined();
    }
  });
});
