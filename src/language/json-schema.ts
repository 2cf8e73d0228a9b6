import { never } from '../base/assert.js';
import type { Json } from '../base/stable-json.js';
import { FIELDS, KIND_KEYS, type Field, type KindKey, type Level } from './fields.js';
import type { Expressions, ScalarType, Shape, TextRule } from './shape.js';

type Schema = Readonly<Record<string, Json>>;

/** The JSON Schema (draft 07) of a pipeline file, from the table that validation reads. */
export const pipelineSchema = (): Json => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Savepoint pipeline',
  ...recordSchema('file'),
  definitions: { steps: { type: 'array', minItems: 1, items: stepSchema() } },
});

const recordSchema = (level: Level): Schema => {
  const fields = FIELDS[level].filter(({ shape }) => shape !== undefined);
  const required = fields.filter((field) => field.required).map(({ name }) => name);
  const twins = fields.flatMap(({ name, alias }) => (alias === undefined ? [] : [[name, alias.name]]));
  return {
    type: 'object',
    properties: Object.fromEntries(fields.flatMap(propertiesOf)),
    additionalProperties: false,
    ...(required.length > 0 && { required }),
    ...(twins.length > 0 && { allOf: twins.map((names) => ({ not: { required: names } })) }),
  };
};

const propertiesOf = ({ name, alias, shape, about }: Field): [string, Schema][] => [
  ...(shape === undefined ? [] : [[name, { description: about, ...shapeSchema(shape) }] as [string, Schema]]),
  ...(alias === undefined
    ? []
    : [[alias.name, { description: `As on GitHub: see "${name}".`, ...shapeSchema(alias.shape) }] as [string, Schema]]),
];

/** All fields in one place, so that editors complete well; then what each kind of step cannot have. */
const stepSchema = (): Schema => {
  const { allOf, ...record } = recordSchema('step');
  return {
    ...record,
    oneOf: KIND_KEYS.map((kind) => ({ required: [kind] })),
    allOf: [...(Array.isArray(allOf) ? (allOf as readonly Json[]) : []), ...KIND_KEYS.map(kindSchema)],
  };
};

const kindSchema = (kind: KindKey): Schema => {
  const foreign = FIELDS.step.filter(({ on, isKind, shape }) => on?.includes(kind) === false && !isKind && shape);
  return {
    if: { required: [kind] },
    then: { properties: Object.fromEntries(foreign.map(({ name }) => [name, false])) },
  };
};

const shapeSchema = (shape: Shape): Schema => {
  switch (shape.is) {
    case 'text':
      return withKnown({ ...textSchema(shape.rule), ...refusal(shape.expressions) }, shape.known);
    case 'scalar':
      return { type: shape.types.map((type) => JSON_TYPES[type]), ...refusal(shape.expressions) };
    case 'boolean':
      return { type: 'boolean' };
    case 'number':
      return { type: 'number' };
    case 'count':
      return { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER };
    case 'choice':
      return { enum: shape.values };
    case 'list': {
      const items = shapeSchema(shape.of);
      const list = { type: 'array', items, ...(shape.least > 0 && { minItems: shape.least }) };
      return shape.orOne ? { anyOf: [items, list] } : list;
    }
    case 'names':
      return { type: 'object', propertyNames: textSchema(shape.rule), additionalProperties: shapeSchema(shape.of) };
    case 'record':
      return { ...recordSchema(shape.of), ...(shape.orNothing && { type: ['object', 'null'] }) };
    case 'steps':
      return { $ref: '#/definitions/steps' };
    default:
      return never(shape);
  }
};

const textSchema = (rule: TextRule | undefined): Schema => ({
  type: 'string',
  ...(rule !== undefined && { pattern: rule.pattern.source }),
  ...(rule?.longest !== undefined && { maxLength: rule.longest }),
});

const refusal = (expressions: Expressions): Schema =>
  expressions === 'refused' || expressions === 'script' ? { not: { type: 'string', pattern: '\\$\\{\\{' } } : {};

/** Values that an editor can offer, without ruling out others. */
const withKnown = (schema: Schema, known: readonly string[] | undefined): Schema =>
  known === undefined ? schema : { ...schema, anyOf: [{ enum: known }, { type: 'string' }] };

const JSON_TYPES: Readonly<Record<ScalarType, string>> = {
  text: 'string',
  number: 'number',
  boolean: 'boolean',
  nothing: 'null',
};
