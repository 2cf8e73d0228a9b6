import { CHECK_SPELLINGS } from '../fields/step-fields.js';
import { fieldsOf, numberField, sizeField, textField, type Fields } from './field-values.js';
import type { Check, CheckLevel, ConditionCheck, FilesCheck, OutputCheck } from '../model/pipeline.js';
import { quote } from '../model/quote.js';
import { noteGlob } from './read-globs.js';
import { readCondition } from './read-condition.js';
import { readJson } from './read-json.js';
import { readPattern } from './read-pattern.js';
import type { Reading, Viewer } from './scope.js';
import { suggestId } from '../model/suggest-id.js';
import { textOf, type YamlNode } from '../yaml/yaml-tree.js';

/** What the checks of a step can read. */
export type CheckPlace = {
  /** The point at which paths are evaluated: the step before it has ended. */
  readonly viewer: Viewer;
  /** The point at which `that` is evaluated: the end of the step, with the steps inside it. */
  readonly ended: Viewer;
  /** The outputs the step can have; undefined: any. */
  readonly outputs: readonly string[] | undefined;
};

const NO_CHECKS: readonly Check[] = Object.freeze([]);

/** Reads `expect`; leaves out broken checks, whose mistakes are reported. */
export const readExpect = (node: YamlNode | undefined, place: CheckPlace, reading: Reading): readonly Check[] => {
  if (node === undefined) return NO_CHECKS;
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item): readonly Check[] => {
    const fields = fieldsOf(item, CHECK_SPELLINGS);
    const level = textField(fields, 'level') === 'warning' ? 'warning' : 'error';
    if (fields.has('path')) return readFiles(fields, { level, place }, reading);
    if (fields.has('output')) return readOutput(fields, { level, place }, reading);
    return fields.has('that') ? [readThat(fields, { level, place }, reading)] : [];
  });
};

type Use = { readonly level: CheckLevel; readonly place: CheckPlace };

const readFiles = (fields: Fields, { level, place: { viewer } }: Use, reading: Reading): readonly FilesCheck[] => {
  const path = fields.get('path')?.value;
  if (path?.kind !== 'scalar' || typeof path.value !== 'string') return [];
  if (path.value.startsWith('!'))
    reading.mistakes.add(
      'bad-path',
      path,
      `"path" cannot begin with "!", found ${quote(path.value)}; it says what must be there`,
    );
  const minSizeBytes = sizeField(fields, 'min_size', reading);
  const schema = fields.get('json_schema')?.value;
  return [
    {
      kind: 'files',
      level,
      path: noteGlob(path, { what: '"path"', viewer }, reading),
      minCount: numberField(fields, 'min_count') ?? 1,
      ...(minSizeBytes !== undefined && { minSizeBytes }),
      ...(schema !== undefined && { schema: readSchema(schema, viewer, reading) }),
    },
  ];
};

const readSchema = (node: YamlNode, viewer: Viewer, reading: Reading): NonNullable<FilesCheck['schema']> =>
  node.kind === 'scalar'
    ? { file: noteGlob(node, { what: '"json_schema"', viewer }, reading) }
    : { inline: readJson(node, { place: 'step', viewer }, { ...reading, sites: [] }) };

const readOutput = (fields: Fields, { level, place: { outputs } }: Use, reading: Reading): readonly OutputCheck[] => {
  const node = fields.get('output')?.value;
  const name = textOf(node);
  const matches = readPattern(fields.get('matches')?.value, 'matches', reading);
  if (node === undefined || name === undefined || matches === undefined) return [];
  if (outputs !== undefined && !outputs.some((each) => each.toLowerCase() === name.toLowerCase())) {
    const hint =
      suggestId(name, outputs) || (outputs.length === 0 ? '; it declares none' : `; it declares ${outputs.join(', ')}`);
    reading.mistakes.add('unknown-output', node, `this step has no output ${quote(name)}${hint}`);
  }
  return [{ kind: 'output', level, name, matches }];
};

const readThat = (fields: Fields, { level, place: { ended } }: Use, reading: Reading): ConditionCheck => {
  const check = { kind: 'that' as const, level, condition: '' };
  const take = (text: string): void => {
    check.condition = text;
  };
  readCondition(fields.get('that')?.value, { place: 'step', viewer: ended, take, isIf: false }, reading);
  return check;
};
