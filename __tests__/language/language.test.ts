import { describe, expect, test } from 'vitest';
import { readPipeline } from '../../src/language/read-pipeline.js';
import { renderDiagnostics } from '../../src/language/yaml/render-diagnostic.js';
import { goldens } from './goldens.js';
import { mistakesIn, pipelineOf } from './reading.js';

describe('bad files', () => {
  const cases = goldens('language/bad');

  test('there are at least sixty kinds of bad files', () => {
    expect(cases.length).toBeGreaterThanOrEqual(60);
  });

  test.each(cases)('the mistakes in a file are reported with their places: $name', async ({ input, check }) => {
    const source = { file: 'savepoint.yml', bytes: Buffer.from(input) };
    const result = await readPipeline(source);
    const told = result.ok ? 'no mistakes' : renderDiagnostics(result.error);
    check(told, (actual, expected) => expect(actual).toBe(expected));
    expect(result.ok).toBe(false);
  });
});

describe('good files', () => {
  test.each(goldens('language/good'))('a file becomes a complete pipeline: $name', async ({ input, check }) => {
    const result = await readPipeline({ file: '.github/savepoint.yml', bytes: Buffer.from(input) });
    expect(result.ok ? [] : result.error).toEqual([]);
    check(JSON.stringify(result.ok && result.value, null, 2), (text, expected) => expect(text).toBe(expected));
  });
});

describe('read input specs', () => {
  const specs = async (inputs: string) => (await pipelineOf(`inputs: ${inputs}\nsteps: [{run: a}]`)).inputs;

  test('an input is an optional text unless it says otherwise', async () => {
    expect(await specs('{a: , b: {type: boolean, required: true, default: false}}')).toEqual([
      { name: 'a', type: 'string', required: false },
      { name: 'b', type: 'boolean', required: true, default: false },
    ]);
  });

  test('choices and descriptions are kept', async () => {
    expect(await specs('{a: {type: number, enum: [1, 2], default: 2, description: How many}}')).toEqual([
      { name: 'a', type: 'number', required: false, default: 2, enum: [1, 2], description: 'How many' },
    ]);
  });

  test.each([
    ['{type: number, default: a}', '"default" of a number input must be a number, found "a"'],
    ['{default: 1}', '"default" of a string input must be a string, found "1"; put it in quotes'],
    ['{enum: [a, 1]}', '"enum" of a string input must be a string, found "1"; put it in quotes'],
    ['{enum: [a], default: b}', '"default" must be in "enum", found "b"'],
    ['{type: boolean, enum: [a]}', 'a boolean input cannot have "enum"'],
  ])('a default or choice that does not fit is reported: %s', async (spec, message) => {
    expect(await mistakesIn(`inputs: {x: ${spec}}\nsteps: [{run: a}]`)).toContainEqual(
      expect.stringContaining(`${message} [bad-default]`),
    );
  });
});
