import { describe, expect, test } from 'vitest';
import { createJsonOutput } from '../../../src/run/process/json-output.js';

const outputsOf = (...chunks: readonly string[]): unknown => {
  const output = createJsonOutput();
  const reused = Buffer.alloc(2 * 1024 * 1024);
  for (const chunk of chunks) {
    const length = reused.write(chunk);
    output.push(reused.subarray(0, length));
    reused.fill('~');
  }
  const outputs = output.outputs();
  return outputs.ok ? outputs.value : outputs.error;
};

const MIB = 1024 * 1024;

describe('JSON that is printed', () => {
  test('is read whole, whatever the chunks, and keeps the types of its values', () => {
    expect(outputsOf('\n{"n": 1, "list": [tr', 'ue, null], ', '"deep": {"é": "x"}}\n')).toEqual({
      n: 1,
      list: [true, null],
      deep: { é: 'x' },
    });
  });

  test('may have any names', () => {
    const outputs = outputsOf('{"__proto__": 1, "constructor": 2}');
    expect(typeof outputs === 'object' && Object.entries(outputs ?? {})).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ]);
  });

  test.each([
    ['nothing', '', 'its output is empty, expected a JSON object'],
    ['blanks', ' \n', 'its output is empty, expected a JSON object'],
    ['words', 'the hunter2', 'its output is not JSON'],
    ['JSON and words', '{"a": 1} done', 'its output is not JSON'],
    ['a list', '[1]', 'its output is JSON, but not an object'],
    ['a text', '"hunter2"', 'its output is JSON, but not an object'],
    ['null', 'null', 'its output is JSON, but not an object'],
    ['101 levels', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`, 'its output has more than 100 levels'],
    ['a hundred thousand levels', `{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}`, 'its output has more than 100 levels'],
  ])('is refused where it is %s, without a word of it', (_what, text, error) => {
    expect(outputsOf(text)).toBe(error);
  });

  test('may have 100 levels', () => {
    expect(outputsOf(`{"a":${'['.repeat(99)}${']'.repeat(99)}}`)).toHaveProperty('a');
  });

  test('may have 1 MiB and not a byte more', () => {
    const exactly = `{"a":"${'x'.repeat(MIB - 8)}"}`;
    expect(outputsOf(exactly)).toHaveProperty('a');
    const error = 'its output is larger than 1MiB, which is the limit for JSON';
    expect(outputsOf(`${exactly} `)).toBe(error);
    expect(outputsOf(exactly, ' ', '{}')).toBe(error);
  });
});
