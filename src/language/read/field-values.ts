import { parseDuration } from '../../base/duration.js';
import { parseSize, SIZE_PATTERN } from '../../base/size.js';
import { isTemplate } from '../../expressions/template-text.js';
import type { Spellings } from '../fields/spellings.js';
import type { Template } from '../model/pipeline.js';
import { quote } from '../model/quote.js';
import type { Reading, Site } from './scope.js';
import { textOf, type Entry, type ScalarNode, type YamlNode } from '../yaml/yaml-tree.js';

/** The entries of a mapping by field. Values of a wrong type have been reported and read as absent. */
export type Fields = ReadonlyMap<string, Entry>;

/** An empty list; one shared object, because most fields are left out. */
export const NO_TEXTS: readonly string[] = Object.freeze([]);

/** An empty mapping; one shared object. */
export const NO_NAMES: Readonly<Record<string, string>> = Object.freeze({});

/** The fields of a mapping; empty for any other node. */
export const fieldsOf = (node: YamlNode | undefined, spellings: Spellings): Fields =>
  new Map(
    (node?.kind === 'map' ? node.entries : []).map((entry) => [
      spellings.get(entry.key)?.field.name ?? entry.key,
      entry,
    ]),
  );

/** A field that is text. */
export const textField = (fields: Fields, name: string): string | undefined => textOf(fields.get(name)?.value);

/** A field that is true or false. */
export const booleanField = (fields: Fields, name: string): boolean => {
  const node = fields.get(name)?.value;
  return node?.kind === 'scalar' && node.value === true;
};

/** A field that is a number. */
export const numberField = (fields: Fields, name: string): number | undefined => numbersOf(fields.get(name)?.value)[0];

/** The numbers of a field that is a list of numbers, or one number. */
export const numbersOf = (node: YamlNode | undefined): readonly number[] =>
  itemsOf(node).flatMap((item) => (item.kind === 'scalar' && typeof item.value === 'number' ? [item.value] : []));

/** The texts of a field that is a list of texts, or one text. */
export const textNodes = (node: YamlNode | undefined): readonly ScalarNode[] =>
  itemsOf(node).filter((item): item is ScalarNode => textOf(item) !== undefined);

const itemsOf = (node: YamlNode | undefined): readonly YamlNode[] =>
  node?.kind === 'list' ? node.items : node === undefined ? [] : [node];

/** Milliseconds of a field that is a duration, or minutes in GitHub's spelling. */
export const durationField = (
  fields: Fields,
  { name, leastMs }: { readonly name: string; readonly leastMs: number },
  { mistakes }: Reading,
): number | undefined => {
  const entry = fields.get(name);
  if (entry?.value.kind !== 'scalar') return undefined;
  const { value } = entry.value;
  const ms = typeof value === 'number' ? Math.round(value * 60_000) : wellFormed(value);
  if (ms === undefined) return undefined;
  if (ms >= leastMs && Number.isSafeInteger(ms)) return ms;
  const fault = ms < leastMs ? 'must be more than 0' : 'is too long';
  mistakes.add('duration-out-of-range', entry.value, `${quote(entry.key)} ${fault}`);
  return undefined;
};

/** Infinity for a well-formed duration that is too long. */
const wellFormed = (value: ScalarNode['value']): number | undefined =>
  typeof value === 'string' && /^\d+(?:ms|[smhd])$/.test(value) ? (parseDuration(value) ?? Infinity) : undefined;

/** Bytes of a field that is a size, at least 1. */
export const sizeField = (fields: Fields, name: string, { mistakes }: Reading): number | undefined => {
  const node = fields.get(name)?.value;
  const text = textOf(node);
  if (node === undefined || text === undefined || !SIZE_PATTERN.test(text)) return undefined;
  const bytes = parseSize(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  const fault = bytes === undefined ? 'is too large' : 'must be more than 0';
  mistakes.add('size-out-of-range', node, `${quote(name)} ${fault}`);
  return undefined;
};

/** The site of the templates in a mapping or field. */
export type Standing = Pick<Site, 'place' | 'viewer'>;

/** A mapping from names to templates; numbers, booleans and null become text as on GitHub. */
export const templatesField = (
  node: YamlNode | undefined,
  standing: Standing,
  reading: Reading,
): Readonly<Record<string, Template>> => {
  if (node?.kind !== 'map' || node.entries.length === 0) return NO_NAMES;
  return Object.fromEntries(
    node.entries.flatMap(({ key, value }) =>
      value.kind === 'scalar' ? [[key, noteTemplate(value, standing, reading)]] : [],
    ),
  );
};

/** The text of a value; its expressions are noted for checking. */
export const noteTemplate = (node: ScalarNode, standing: Standing, reading: Reading): Template => {
  const { value } = node;
  if (typeof value === 'string') {
    if (isTemplate(value)) reading.sites.push({ node, ...standing });
    return value;
  }
  // An integer that a double cannot hold keeps its digits.
  const isExact = typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value);
  return isExact ? String(value ?? '') : reading.source.slice(node.start, node.end);
};
