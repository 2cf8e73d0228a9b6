import { expect, test } from 'vitest';
import { readCallInputs, readInputs } from '../../../src/language/read/inputs.js';
import { readPipeline } from '../../../src/language/read-pipeline.js';
import type { InputSpec, InputValues, Pipeline } from '../../../src/language/model/pipeline.js';

const pipelineWith = async (inputs: string): Promise<Pipeline> => {
  const bytes = Buffer.from(`inputs: ${inputs}\nsteps: [{run: a}]\n`);
  const result = await readPipeline({ file: 'savepoint.yml', bytes });
  return result.ok ? result.value : expect.fail(JSON.stringify(result.error));
};

const read = async (
  inputs: string,
  given: Record<string, string> = {},
  remembered: InputValues = {},
): Promise<unknown> => {
  const result = readInputs(await pipelineWith(inputs), given, remembered);
  return result.ok ? result.value : result.error.map(({ code, message }) => `${message} [${code}]`);
};

test('each input has a value: given, default, or the empty one of its type', async () => {
  const inputs = '{a: {}, b: {default: x}, c: {type: number}, d: {type: boolean}, e: {type: number, default: 2}}';
  expect(await read(inputs, { a: '1' })).toEqual({ a: '1', b: 'x', c: 0, d: false, e: 2 });
});

test('texts become what the input is', async () => {
  const inputs = '{n: {type: number}, b: {type: boolean}, s: {}}';
  expect(await read(inputs, { n: '-1.5e2', b: 'true', s: 'true' })).toEqual({ n: -150, b: true, s: 'true' });
  expect(await read(inputs, { n: '0x10', b: 'false', s: '' })).toEqual({ n: 16, b: false, s: '' });
});

test('every mistake is reported at once', async () => {
  const inputs = '{level: {type: number}, flag: {type: boolean}, kind: {enum: [a, b]}, must: {required: true}}';
  expect(await read(inputs, { level: 'high', flag: 'yes', kind: 'c', knd: 'a' })).toEqual([
    'unknown input "knd", did you mean "kind"? [unknown-input]',
    'the input "level" must be a number, found "high" [bad-input]',
    'the input "flag" must be true or false, found "yes" [bad-input]',
    'the input "kind" must be one of a, b, found "c" [bad-input]',
    'the input "must" is required and was not given [missing-input]',
  ]);
});

test.each(['', ' ', 'NaN', 'Infinity', '1,5'])('"%s" is no number', async (text) => {
  expect(await read('{n: {type: number}}', { n: text })).toEqual([expect.stringContaining('[bad-input]')]);
});

test('an unknown input without a close name tells those there are', async () => {
  expect(await read('{a: {}, b: {}}', { zzzz: '' })).toEqual([
    'unknown input "zzzz"; the pipeline declares a, b [unknown-input]',
  ]);
  expect(await read('{}', { x: '' })).toEqual(['unknown input "x"; the pipeline declares none [unknown-input]']);
});

test('a remembered value stays unless a new one is given', async () => {
  const inputs = '{n: {type: number, default: 1, enum: [1, 2, 3]}, s: {required: true}}';
  expect(await read(inputs, {}, { n: 2, s: 'kept' })).toEqual({ n: 2, s: 'kept' });
  expect(await read(inputs, { n: '3' }, { n: 2, s: 'kept' })).toEqual({ n: 3, s: 'kept' });
});

test('a remembered value that the file does not allow any more is reported, and one without an input is let go', async () => {
  expect(await read('{n: {type: number}}', {}, { n: 'text', gone: 1 })).toEqual([
    'the input "n" must be a number, found "text" [bad-input]',
  ]);
  expect(await read('{n: {enum: [a]}}', {}, { n: 'b' })).toEqual([
    'the input "n" must be one of a, found "b" [bad-input]',
  ]);
  expect(await read('{n: {}}', {}, { gone: 1 })).toEqual({ n: '' });
});

test('an input may be named like something every object has', async () => {
  expect(await read('{constructor: {}, toString: {default: x}}')).toEqual({ constructor: '', toString: 'x' });
});

const spec = (name: string, more: Partial<InputSpec> = {}): InputSpec => ({
  name,
  type: 'string',
  required: false,
  ...more,
});

test('a call gives inputs as values of their type, or as text for it', () => {
  const specs = [
    spec('n', { type: 'number' }),
    spec('m', { type: 'number' }),
    spec('b', { type: 'boolean' }),
    spec('s', { enum: ['1', 'x'] }),
    spec('d', { default: 'kept' }),
    spec('e', { type: 'boolean' }),
  ];
  expect(readCallInputs(specs, { n: 2, m: '3.5', b: 'true', s: '1' })).toEqual({
    ok: true,
    value: { n: 2, m: 3.5, b: true, s: '1', d: 'kept', e: false },
  });
});

test('each wrong input of a call is reported', () => {
  const specs = [
    spec('n', { type: 'number' }),
    spec('b', { type: 'boolean' }),
    spec('s'),
    spec('e', { enum: ['a', 'b'] }),
    spec('must', { required: true }),
    spec('list'),
  ];
  expect(readCallInputs(specs, { n: 'high', b: 1, s: null, e: 'c', list: [1] })).toEqual({
    ok: false,
    error: [
      'the input "n" must be a number, found "high"',
      'the input "b" must be true or false, found "1"',
      'the input "s" must be text, found nothing',
      'the input "e" must be one of a, b, found "c"',
      'the input "must" is required and was not given',
      'the input "list" must be text, found "[1]"',
    ].join('; '),
  });
});

test('a property of every object is not an input of a call', () => {
  expect(readCallInputs([spec('constructor', { required: true })], {})).toMatchObject({ ok: false });
});
