import { never } from '../../base/assert.js';
import type { Json } from '../../base/stable-json.js';
import { FIELDS, KIND_FIELDS, type Field, type Level } from './fields.js';
import type { Bounds, Expressions, ScalarType, Shape, TextRule } from '../fields/shape.js';

type Schema = Readonly<Record<string, Json>>;

/** The JSON Schema (draft 07) of a pipeline file, generated from the same table as validation. */
export const pipelineSchema = (): Json => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Savepoint pipeline',
  ...recordSchema('file'),
  definitions: { steps: { type: 'array', minItems: 1, items: recordSchema('step') }, literal: LITERAL },
});

/** A value of any depth without expressions. */
const LITERAL: Schema = {
  not: { type: 'string', pattern: '\\$\\{\\{' },
  items: { $ref: '#/definitions/literal' },
  additionalProperties: { $ref: '#/definitions/literal' },
};

const recordSchema = (level: Level): Schema => {
  const fields = FIELDS[level].filter(({ shape }) => shape !== undefined);
  const required = fields.filter((field) => field.required).map(({ name }) => name);
  const twins = fields.flatMap(({ name, alias }) => (alias === undefined ? [] : [[name, alias.name]]));
  const dependencies = fields.flatMap(({ name, on, beside }) =>
    [on, beside].flatMap((each) => (each === undefined ? [] : [[name, anyOf(each)] as const])),
  );
  return {
    type: 'object',
    properties: Object.fromEntries(fields.flatMap(propertiesOf)),
    additionalProperties: false,
    ...(required.length > 0 && { required }),
    ...(KIND_FIELDS[level] !== undefined && { oneOf: kindSchemas(KIND_FIELDS[level]) }),
    ...(dependencies.length > 0 && { dependencies: Object.fromEntries(dependencies) }),
    ...(twins.length > 0 && { allOf: twins.map((names) => ({ not: { required: names } })) }),
  };
};

const anyOf = (names: readonly string[]): Schema => ({ anyOf: names.map((name) => ({ required: [name] })) });

/** Each kind with its keys, and without the keys of other kinds. */
const kindSchemas = (kinds: readonly Field[]): readonly Schema[] => {
  const names = kinds.filter(({ shape }) => shape !== undefined).map(({ name }) => name);
  return kinds
    .filter(({ shape }) => shape !== undefined)
    .flatMap(({ name, beside }) => {
      const bodies = names.filter((each) => beside?.includes(each));
      return bodies.length === 0 ? [[name]] : bodies.map((body) => [name, body]);
    })
    .map((required) => ({
      required,
      properties: Object.fromEntries(names.filter((each) => !required.includes(each)).map((each) => [each, false])),
    }));
};

const propertiesOf = ({ name, alias, shape, about }: Field): [string, Schema][] => [
  ...(shape === undefined ? [] : [[name, { description: about, ...shapeSchema(shape) }] as [string, Schema]]),
  ...(alias === undefined
    ? []
    : [[alias.name, { description: `As on GitHub: see "${name}".`, ...shapeSchema(alias.shape) }] as [string, Schema]]),
];

const shapeSchema = (shape: Shape): Schema => {
  switch (shape.is) {
    case 'text':
      return withKnown({ ...textSchema(shape.rule), ...refusal(shape.expressions) }, shape.known);
    case 'scalar':
      return { type: shape.types.map((type) => JSON_TYPES[type]), ...refusal(shape.expressions) };
    case 'boolean':
      return { type: 'boolean' };
    case 'number':
      return numberSchema(shape);
    case 'choice':
      return { enum: shape.values };
    case 'list': {
      const items = shapeSchema(shape.of);
      const list = { type: 'array', items, ...(shape.least > 0 && { minItems: shape.least }) };
      return shape.orOne ? { anyOf: [items, list] } : list;
    }
    case 'names':
      return {
        type: 'object',
        ...(shape.rule !== undefined && { propertyNames: textSchema(shape.rule) }),
        ...(shape.least > 0 && { minProperties: shape.least }),
        additionalProperties: shapeSchema(shape.of),
      };
    case 'record':
      return { ...recordSchema(shape.of), ...(shape.orNothing && { type: ['object', 'null'] }) };
    case 'any':
      return shape.expressions === 'refused' ? { $ref: '#/definitions/literal' } : {};
    case 'either':
      return { anyOf: [shapeSchema(shape.plain), otherSchema(shape.other)] };
    case 'steps':
      return { $ref: '#/definitions/steps' };
    default:
      return never(shape);
  }
};

const numberSchema = ({ whole, least, most = whole ? Number.MAX_SAFE_INTEGER : undefined }: Bounds): Schema => ({
  type: whole ? 'integer' : 'number',
  ...(least !== undefined && { minimum: least }),
  ...(most !== undefined && { maximum: most }),
});

const otherSchema = (shape: Shape): Schema =>
  shape.is === 'any' ? { type: 'object', allOf: [shapeSchema(shape)] } : shapeSchema(shape);

const textSchema = (rule: TextRule | undefined): Schema => ({
  type: 'string',
  ...(rule !== undefined && { pattern: rule.pattern.source }),
  ...(rule?.longest !== undefined && { maxLength: rule.longest }),
});

const refusal = (expressions: Expressions): Schema =>
  expressions === 'refused' || expressions === 'script' ? { not: { type: 'string', pattern: '\\$\\{\\{' } } : {};

/** Offers known values in editors, without excluding others. */
const withKnown = (schema: Schema, known: readonly string[] | undefined): Schema =>
  known === undefined ? schema : { ...schema, anyOf: [{ enum: known }, { type: 'string' }] };

const JSON_TYPES: Readonly<Record<ScalarType, string>> = {
  text: 'string',
  number: 'number',
  boolean: 'boolean',
  nothing: 'null',
};
