import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/base/stable-json.js';
import { createSchemaCheck, readJsonText } from '../../../src/run/process/schema-check.js';

/** What is wrong with a value, or with the schema; undefined for nothing. */
const faultOf = async (schema: Json, value: Json): Promise<string | undefined> => {
  const check = await createSchemaCheck(schema, 'the schema s.json');
  return check.ok ? check.value(value) : check.error;
};

const of = (schema: Json) => ({ properties: { a: { properties: { b: schema } } } });
const value = (b: Json): Json => ({ a: { b } });

describe('a value', () => {
  test('that is as the schema wants it has no fault', async () => {
    expect(await faultOf(of({ type: 'string' }), value('x'))).toBeUndefined();
    expect(await faultOf(true, value('x'))).toBeUndefined();
  });

  test.each<[Json, Json, string]>([
    [{ type: 'string' }, 1, '/a/b must be string (schema)'],
    [{ type: ['string', 'null'] }, 1, '/a/b must be string or null (schema)'],
    [{ type: 'integer' }, 1.5, '/a/b must be integer (schema)'],
    [{ required: ['x', 'y'] }, { x: 1 }, '/a/b must have "y" (schema)'],
    [{ additionalProperties: false }, { x: 1 }, '/a/b/x must not be there (schema)'],
    [{ enum: ['x', 1] }, 'y', '/a/b must be one of ["x",1] (schema)'],
    [{ const: 'x' }, 'y', '/a/b must be "x" (schema)'],
    [{ items: { type: 'string' } }, ['x', 1], '/a/b/1 must be string (schema)'],
    [{ $ref: '#/$defs/text' }, 1, '/a/b must be string (schema)'],
    [{ minLength: 3 }, 'ab', '/a/b is not as it should be: String is too short (2 < 3) (schema)'],
    [
      { anyOf: [{ type: 'string' }, { type: 'null' }] },
      1,
      '/a/b is not as it should be: Instance does not match any subschemas (schema)',
    ],
  ])('that is not as %j wants it has its place named', async (schema, wrong, fault) => {
    const whole = { $defs: { text: { type: 'string' } }, ...of(schema) };
    expect(await faultOf(whole, value(wrong))).toBe(fault);
  });

  test('has the whole of it named by nothing, and names as they are written', async () => {
    expect(await faultOf({ type: 'object' }, [])).toBe('must be object (schema)');
    expect(await faultOf({ properties: { 'é ü': false } }, { 'é ü': 1 })).toBe('/é ü must not be there (schema)');
  });

  test('too deep for its schema is a fault and no crash', async () => {
    let deep: Json = [];
    for (let level = 0; level < 50_000; level += 1) deep = [deep];
    expect(await faultOf({ items: { $ref: '#' } }, deep)).toBe(
      'the schema s.json cannot be used: something is nested too deeply',
    );
  });
});

describe('the draft', () => {
  const tuple = { items: [{ type: 'string' }] };

  test.each([
    ['http://json-schema.org/draft-04/schema#', '/0 must be string (schema)'],
    ['http://json-schema.org/draft-07/schema#', '/0 must be string (schema)'],
    ['https://json-schema.org/draft/2019-09/schema', '/0 must be string (schema)'],
  ])('%s reads a list of items by place', async ($schema, fault) => {
    expect(await faultOf({ $schema, ...tuple }, [1])).toBe(fault);
  });

  test('is 2020-12 where none is named', async () => {
    expect(await faultOf({ prefixItems: [{ type: 'string' }] }, [1])).toBe('/0 must be string (schema)');
  });

  test('that is not known is refused', async () => {
    expect(await faultOf({ $schema: 'http://json-schema.org/draft-03/schema#' }, 1)).toBe(
      'the schema s.json is of a draft other than 4, 6, 7, 2019-09 and 2020-12',
    );
  });
});

describe('a schema that cannot be used says why', () => {
  test.each<[string, Json, string | RegExp]>([
    ['a text', 'string', 'the schema s.json is neither an object nor true or false'],
    ['a list', [], 'the schema s.json is neither an object nor true or false'],
    ['a reference to nowhere', { $ref: '#/$defs/none' }, 'the schema s.json cannot be used: Unresolved $ref'],
    ['a pattern that does not parse', { pattern: '(' }, 'the schema s.json cannot be used: Invalid regular expression'],
    ['what the library does not know', { $dynamicRef: '#x' }, 'the schema s.json uses $dynamicRef'],
  ])('%s', async (_what, schema, start) => {
    expect(await faultOf(schema, 'x')).toEqual(expect.stringContaining(String(start)));
  });
});

test('a schema is not changed by being used', async () => {
  const schema = Object.freeze({ $ref: '#/$defs/a', $defs: Object.freeze({ a: Object.freeze({ type: 'string' }) }) });
  expect(await faultOf(schema, 1)).toBe('must be string (schema)');
  expect(await faultOf(schema, 'x')).toBeUndefined();
});

test('a text that is not JSON is not repeated', () => {
  expect(readJsonText('hunter2')).toEqual({ ok: false, error: 'not JSON' });
  expect(readJsonText('{"a":[1]}')).toEqual({ ok: true, value: { a: [1] } });
});
