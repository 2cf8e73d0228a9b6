import { FALLBACK_NAMES } from '../model/pipeline.js';
import { ID } from '../fields/text-rules.js';

/**
 * A path segment for each case of a switch: its text if that is a valid id and unique ignoring case; else `case-` and the
 * characters of the text that an id can hold, or the number of the case from 1.
 */
export const armNames = (texts: readonly string[]): readonly string[] => {
  const taken = new Set<string>(['default', ...FALLBACK_NAMES]);
  const claim = (name: string): boolean => {
    const isFree = !taken.has(name.toLowerCase());
    taken.add(name.toLowerCase());
    return isFree;
  };
  const own = texts.map((text) => (isName(text) && claim(text) ? text : undefined));
  return own.map((name, index) => name ?? makeName(`case-${slugOf(texts[index] ?? '') || String(index + 1)}`, claim));
};

const isName = (text: string): boolean => ID.pattern.test(text) && text.length <= (ID.longest ?? Infinity);

const LONGEST_SLUG = 40;

const slugOf = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, LONGEST_SLUG);

const makeName = (base: string, claim: (name: string) => boolean): string => {
  let name = base;
  for (let suffix = 2; !claim(name); suffix += 1) name = `${base}-${String(suffix)}`;
  return name;
};
