import type { OutputUnit, SchemaDraft } from '@cfworker/json-schema';
import { err, ok, type Result } from '../../base/result.js';
import { isPlainObject, type Json } from '../../base/stable-json.js';

/** Checks a value against a schema: the first fault found, or undefined when the value is valid. */
export type SchemaCheck = (value: Json) => string | undefined;

/**
 * Reads a JSON Schema of the draft that its `$schema` names, by default 2020-12. Messages call the schema `what`. The
 * error says why it cannot be used.
 */
export const createSchemaCheck = async (schema: Json, what: string): Promise<Result<SchemaCheck>> => {
  if (typeof schema !== 'boolean' && !isPlainObject(schema)) {
    return err(`${what} is neither an object nor true or false`);
  }
  const draft = draftOf(schema);
  if (draft === undefined) return err(`${what} is of a draft other than 4, 6, 7, 2019-09 and 2020-12`);
  if (JSON.stringify(schema).includes('"$dynamicRef":'))
    return err(`${what} uses $dynamicRef, which is not known here`);
  const { Validator } = await import('@cfworker/json-schema');
  // A copy, because the validator writes into it.
  const created = attempted(() => new Validator(structuredClone(schema), draft));
  if (!created.ok) return err(`${what} cannot be used: ${created.error}`);
  return ok((value) => {
    const result = attempted(() => created.value.validate(value));
    if (!result.ok) return `${what} cannot be used: ${result.error}`;
    return result.value.valid ? undefined : `${describe(result.value.errors)} (schema)`;
  });
};

/** Parses JSON text. The error is `not JSON`, without the text: it may hold secrets. */
export const readJsonText = (text: string): Result<Json> => {
  try {
    // `JSON.parse` only returns JSON values.
    return ok(JSON.parse(text) as Json);
  } catch {
    return err('not JSON');
  }
};

const DRAFTS: readonly (readonly [RegExp, SchemaDraft])[] = [
  [/^https?:\/\/json-schema\.org\/draft\/2020-12\//, '2020-12'],
  [/^https?:\/\/json-schema\.org\/draft\/2019-09\//, '2019-09'],
  [/^https?:\/\/json-schema\.org\/draft-0[67]\//, '7'],
  [/^https?:\/\/json-schema\.org\/draft-04\//, '4'],
];

const draftOf = (schema: boolean | Record<string, unknown>): SchemaDraft | undefined => {
  const named = typeof schema === 'boolean' ? undefined : schema['$schema'];
  if (named === undefined) return '2020-12';
  return DRAFTS.find(([pattern]) => typeof named === 'string' && pattern.test(named))?.[1];
};

/** The library throws for a broken schema: an unresolved reference, an invalid pattern. */
const attempted = <T>(work: () => T): Result<T> => {
  try {
    return ok(work());
  } catch (error) {
    const message = error instanceof RangeError ? 'something is nested too deeply' : String(error);
    return err(message.split('\n')[0]?.replace(/^\w*Error: /, '') ?? message);
  }
};

/** Keywords whose errors only say that a nested schema has errors; those follow in the list. */
const CARRIERS = new Set([
  '$ref',
  '$recursiveRef',
  'allOf',
  'if',
  'properties',
  'patternProperties',
  'additionalProperties',
  'unevaluatedProperties',
  'propertyNames',
  'dependentSchemas',
  'items',
  'prefixItems',
  'additionalItems',
  'unevaluatedItems',
]);

const describe = (errors: readonly OutputUnit[]): string => {
  const fault = errors.find(({ keyword }) => !CARRIERS.has(keyword)) ?? errors.at(-1);
  if (fault === undefined) return 'not as it should be';
  const place = decodeURI(fault.instanceLocation.slice(1));
  return place === '' ? wordsFor(fault) : `${place} ${wordsFor(fault)}`;
};

const wordsFor = ({ keyword, error }: OutputUnit): string => {
  const named = /(?:Expected|property) "(.*)"\.$/.exec(error)?.[1] ?? '';
  switch (keyword) {
    case 'type':
      return `must be ${named.replaceAll('", "', ' or ')}`;
    case 'required':
      return `must have "${named}"`;
    case 'false':
      return 'must not be there';
    case 'enum':
    case 'const':
      return error
        .replace('Instance does not match any of', 'must be one of')
        .replace('Instance does not match', 'must be')
        .replace(/\.$/, '');
    default:
      return `is not as it should be: ${error.replace(/\.$/, '')}`;
  }
};
