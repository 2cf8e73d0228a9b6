import { booleanField, fieldsOf, textField } from './read/field-values.js';
import { SPELLINGS } from './structure/fields.js';
import type { InputSpec } from './model/pipeline.js';
import { quote } from './model/quote.js';
import type { Reading } from './read/scope.js';
import type { Entry, ScalarNode, YamlNode } from './yaml/yaml-tree.js';

/** Reads the declarations of a pipeline's inputs. */
export const readInputSpecs = (node: YamlNode | undefined, reading: Reading): readonly InputSpec[] => {
  const taken = new Set<string>();
  return (node?.kind === 'map' ? node.entries : []).map((entry) => {
    const key = entry.key.toLowerCase();
    if (taken.has(key))
      reading.mistakes.add(
        'duplicate-input',
        entry,
        `the input ${quote(entry.key)} is declared twice; upper and lower case are the same`,
      );
    taken.add(key);
    return readSpec(entry, reading);
  });
};

const readSpec = ({ key, value }: Entry, reading: Reading): InputSpec => {
  const fields = fieldsOf(value, SPELLINGS.input);
  const type = typeNamed(textField(fields, 'type'));
  const description = textField(fields, 'description');
  const options = fields.get('enum')?.value;
  const allowed = scalarsOf(options).filter((node) => hasType(node, { type, what: '"enum"' }, reading));
  if (options !== undefined && type === 'boolean')
    reading.mistakes.add('bad-default', options, 'a boolean input cannot have "enum"');
  const [given] = scalarsOf(fields.get('default')?.value);
  const isGiven = given !== undefined && hasType(given, { type, what: '"default"' }, reading);
  if (isGiven && allowed.length > 0 && allowed.every((node) => node.value !== given.value))
    reading.mistakes.add('bad-default', given, `"default" must be in "enum", found ${quote(String(given.value))}`);
  return {
    name: key,
    type,
    required: booleanField(fields, 'required'),
    ...(isGiven && given.value !== null && { default: given.value }),
    ...(options !== undefined && {
      enum: allowed.flatMap(({ value: each }) => (typeof each === 'string' || typeof each === 'number' ? [each] : [])),
    }),
    ...(description !== undefined && { description }),
  };
};

const typeNamed = (text: string | undefined): InputSpec['type'] =>
  text === 'number' || text === 'boolean' ? text : 'string';

const scalarsOf = (node: YamlNode | undefined): readonly ScalarNode[] =>
  (node?.kind === 'list' ? node.items : node === undefined ? [] : [node]).filter(
    (item): item is ScalarNode => item.kind === 'scalar' && item.value !== null,
  );

const hasType = (
  node: ScalarNode,
  { type, what }: { readonly type: InputSpec['type']; readonly what: string },
  { mistakes }: Reading,
): boolean => {
  if (typeof node.value === type) return true;
  const quotes = type === 'string' ? '; put it in quotes' : '';
  mistakes.add(
    'bad-default',
    node,
    `${what} of a ${type} input must be a ${type}, found ${quote(String(node.value))}${quotes}`,
  );
  return false;
};
