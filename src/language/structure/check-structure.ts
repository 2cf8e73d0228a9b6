import { never } from '../../base/assert.js';
import { checkKeys } from './check-keys.js';
import { expressionsIn, envForm } from './script-expressions.js';
import type { Mistakes } from '../yaml/mistakes.js';
import { quote } from '../model/quote.js';
import type { Bounds, ScalarType, Shape, TextRule } from '../fields/shape.js';
import { KIND_KEYS, SPELLINGS, type Level } from './fields.js';
import { describe, textOf, type ListNode, type MapNode, type ScalarNode, type YamlNode } from '../yaml/yaml-tree.js';
import { isTemplate } from '../../expressions/template-text.js';

/** The source and the mistakes of the file being checked. */
export type Checking = { readonly source: string; readonly mistakes: Mistakes };

type Value = { readonly node: YamlNode; /** What it is, for messages. */ readonly what: string };

/** Reports everything that violates the field tables; the published schema rejects the same files. */
export const checkStructure = (root: YamlNode, checking: Checking): void => {
  if (root.kind === 'map') checkRecord(root, 'file', checking);
  else wrongType({ node: root, what: 'a pipeline file' }, 'a mapping with "steps"', checking);
};

const checkRecord = (map: MapNode, level: Level, checking: Checking): void => {
  checkKeys(map, level, checking.mistakes);
  for (const { key, value } of map.entries) {
    const shape = SPELLINGS[level].get(key)?.shape;
    if (shape !== undefined) checkShape({ node: value, what: quote(key) }, shape, checking);
  }
};

const checkShape = (value: Value, shape: Shape, checking: Checking): void => {
  const { node } = value;
  switch (shape.is) {
    case 'text':
      return checkText(value, shape, checking);
    case 'scalar':
      return checkScalar(value, shape, checking);
    case 'boolean':
      return typeOf(node) === 'boolean' ? undefined : wrongType(value, 'true or false', checking);
    case 'number':
      return isWithin(node, shape) ? undefined : wrongType(value, numberInWords(shape), checking);
    case 'choice':
      return checkChoice(value, shape.values, checking);
    case 'list':
      return checkList(value, shape, checking);
    case 'names':
      return checkNames(value, shape, checking);
    case 'record':
      if (node.kind === 'map') return checkRecord(node, shape.of, checking);
      return shape.orNothing && typeOf(node) === 'nothing' ? undefined : wrongType(value, 'a mapping', checking);
    case 'any':
      return checkAny(value, shape.expressions, checking);
    case 'either':
      return checkEither(value, shape, checking);
    case 'steps':
      return checkSteps(value, checking);
    default:
      return never(shape);
  }
};

const checkText = (value: Value, shape: Shape & { readonly is: 'text' }, checking: Checking): void => {
  const { node } = value;
  const { rule } = shape;
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return notText(value, rule, checking);
  if (checkExpressions({ ...value, node }, shape.expressions, checking)) checkRule({ ...value, node }, rule, checking);
};

/** Reports a number such as `timeout: 30` by the rule rather than by the type. */
const notText = (value: Value, rule: TextRule | undefined, checking: Checking): void => {
  const { node, what } = value;
  if (rule === undefined || rule.code === 'empty-text') return wrongType(value, 'text', checking);
  if (typeOf(node) !== 'number') return wrongType(value, rule.wanted, checking);
  checking.mistakes.add(rule.code, node, `${what} must be ${rule.wanted}, found ${describe(node)}`);
};

/** Reports expressions where they are not allowed; true if there are none. */
const checkExpressions = (
  { node, what }: Value & { readonly node: ScalarNode },
  expressions: (Shape & { readonly is: 'text' })['expressions'],
  { source, mistakes }: Checking,
): boolean => {
  if (expressions === 'template' || expressions === 'condition' || !isTemplate(String(node.value))) return true;
  for (const { text, start, end } of expressionsIn(node, source)) {
    if (expressions === 'refused')
      mistakes.add('expression-not-allowed', { start, end }, `${what} cannot contain an expression`);
    else
      mistakes.add(
        'expression-in-script',
        { start, end },
        `an expression in ${what} would turn its value into code; ${envForm(text)}`,
      );
  }
  return false;
};

const checkRule = (
  { node, what }: Value & { readonly node: ScalarNode },
  rule: TextRule | undefined,
  { mistakes }: Checking,
): void => {
  const text = String(node.value);
  if (rule === undefined || follows(text, rule)) return;
  const found = rule.code === 'empty-text' ? '' : `, found ${quote(text)}`;
  mistakes.add(rule.code, node, `${what} must be ${rule.wanted}${found}`);
};

const follows = (text: string, { pattern, longest }: TextRule): boolean =>
  pattern.test(text) && (longest === undefined || text.length <= longest);

const checkScalar = (value: Value, shape: Shape & { readonly is: 'scalar' }, checking: Checking): void => {
  const { node } = value;
  const type = typeOf(node);
  if (type === undefined || node.kind !== 'scalar' || !shape.types.includes(type))
    return wrongType(value, inWords(shape.types), checking);
  if (type === 'text') checkExpressions({ ...value, node }, shape.expressions, checking);
};

const inWords = (types: readonly ScalarType[]): string => {
  const words = types.filter((type) => type !== 'nothing').map((type) => SCALAR_WORDS[type]);
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
};

const SCALAR_WORDS: Readonly<Record<ScalarType, string>> = {
  text: 'text',
  number: 'a number',
  boolean: 'true or false',
  nothing: 'nothing',
};

const checkChoice = (value: Value, values: readonly (string | number)[], checking: Checking): void => {
  const { node, what } = value;
  const allowed = values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
  if (node.kind !== 'scalar' || typeof node.value !== typeof values[0]) return wrongType(value, allowed, checking);
  if (values.some((each) => each === node.value)) return;
  checking.mistakes.add('wrong-value', node, `${what} must be ${allowed}, found ${quote(String(node.value))}`);
};

const checkList = (value: Value, shape: Shape & { readonly is: 'list' }, checking: Checking): void => {
  const { node, what } = value;
  if (node.kind !== 'list') {
    if (shape.orOne && isItem(node, shape.of)) return checkShape(value, shape.of, checking);
    return wrongType(value, shape.orOne ? oneOrMore(shape.of) : 'a list', checking);
  }
  checkLeast(node, what, { least: shape.least, mistakes: checking.mistakes });
  for (const item of node.items) checkShape({ node: item, what: `an item of ${what}` }, shape.of, checking);
};

/** Whether a value can be a single item written without its list. */
const isItem = (node: YamlNode, item: Shape): boolean =>
  item.is === 'record' ? node.kind === 'map' : node.kind === 'scalar' && node.value !== null;

const oneOrMore = (item: Shape): string => {
  if (item.is === 'text') return 'text or a list of texts';
  return item.is === 'record' ? 'a mapping or a list of mappings' : 'one value or a list';
};

const checkLeast = (
  node: ListNode | MapNode,
  what: string,
  { least, mistakes }: { readonly least: number; readonly mistakes: Mistakes },
): void => {
  if ((node.kind === 'list' ? node.items : node.entries).length < least)
    mistakes.add('empty-list', node, `${what} must have at least one item`);
};

const checkNames = (value: Value, shape: Shape & { readonly is: 'names' }, checking: Checking): void => {
  const { node, what } = value;
  if (node.kind !== 'map') return wrongType(value, 'a mapping', checking);
  checkLeast(node, what, { least: shape.least, mistakes: checking.mistakes });
  for (const entry of node.entries) {
    if (entry.key === '<<') checking.mistakes.add('unknown-key', entry, 'merge keys (<<) are not supported');
    else if (shape.rule !== undefined && !follows(entry.key, shape.rule))
      checking.mistakes.add(
        shape.rule.code,
        entry,
        `a name in ${what} must be ${shape.rule.wanted}, found ${quote(entry.key)}`,
      );
    else checkShape({ node: entry.value, what: `${quote(entry.key)} in ${what}` }, shape.of, checking);
  }
};

const checkEither = (value: Value, shape: Shape & { readonly is: 'either' }, checking: Checking): void => {
  const { node } = value;
  const { plain, other, wanted } = shape;
  const found = plain.is === 'text' ? ['text'] : ['text', 'number', 'boolean'];
  if (found.includes(typeOf(node) ?? '')) return checkShape(value, plain, checking);
  return node.kind === (other.is === 'list' ? 'list' : 'map')
    ? checkShape(value, other, checking)
    : wrongType(value, wanted, checking);
};

const checkAny = (value: Value, expressions: 'refused' | 'template', checking: Checking): void => {
  const { node, what } = value;
  if (node.kind === 'list') for (const item of node.items) checkAny({ node: item, what }, expressions, checking);
  else if (node.kind === 'map')
    for (const entry of node.entries) checkAny({ node: entry.value, what }, expressions, checking);
  else if (typeOf(node) === undefined) wrongType(value, 'what JSON can hold', checking);
  else checkExpressions({ node, what }, expressions, checking);
};

const checkSteps = (value: Value, checking: Checking): void => {
  const { node, what } = value;
  if (node.kind !== 'list') return wrongType(value, 'a list of steps', checking);
  checkLeast(node, what, { least: 1, mistakes: checking.mistakes });
  for (const item of node.items) {
    if (item.kind === 'map') checkRecord(item, 'step', checking);
    else wrongType({ node: item, what: 'a step' }, `a mapping with one of ${KIND_KEYS.join(', ')}`, checking);
  }
};

const typeOf = (node: YamlNode): ScalarType | undefined => {
  if (node.kind !== 'scalar') return undefined;
  if (node.value === null) return 'nothing';
  if (typeof node.value === 'string') return 'text';
  if (typeof node.value === 'boolean') return 'boolean';
  return Number.isFinite(node.value) ? 'number' : undefined;
};

const isWithin = (node: YamlNode, { whole, least = -Infinity, most = Infinity }: Bounds): boolean => {
  if (node.kind !== 'scalar' || typeof node.value !== 'number') return false;
  const { value } = node;
  return (whole ? Number.isSafeInteger(value) : Number.isFinite(value)) && value >= least && value <= most;
};

const numberInWords = ({ whole, least, most }: Bounds): string => {
  const number = whole ? 'a whole number' : 'a number';
  if (least === undefined) return number;
  return most === undefined
    ? `${number}, at least ${String(least)}`
    : `${number} from ${String(least)} to ${String(most)}`;
};

const wrongType = (value: Value, wanted: string, { mistakes }: Checking): void =>
  mistakes.add(
    'wrong-type',
    value.node,
    `${value.what} must be ${wanted}, found ${describe(value.node)}${hint(value.node, wanted)}`,
  );

/** Hints for common YAML mistakes. */
const hint = (node: YamlNode, wanted: string): string => {
  const text = textOf(node);
  if (text === undefined) return wanted === 'text' && isNumberOrBoolean(node) ? '; put it in quotes' : '';
  if (wanted === 'true or false') {
    if (isTemplate(text)) return '; it is decided before the run, so it cannot be an expression';
    if (/^(yes|on)$/i.test(text)) return '; YAML 1.2 reads this word as text, write true';
    if (/^(no|off)$/i.test(text)) return '; YAML 1.2 reads this word as text, write false';
    return /^(true|false)$/i.test(text) ? '; leave out the quotes' : '';
  }
  return wanted.includes('number') && /^\d+$/.test(text) ? '; leave out the quotes' : '';
};

const isNumberOrBoolean = (node: YamlNode): boolean => ['number', 'boolean'].includes(typeOf(node) ?? '');
