import { createPatternSearch, type PatternSearch, type Range } from './pattern-search.js';
import { secretForms } from './secret-forms.js';

/** Hides secrets in texts and bytes: every occurrence of a secret, in any of its forms, becomes `***`. */
export type Masker = {
  /** Hides this value from now on, in all its forms (`secretForms`); blank values are ignored. */
  readonly add: (secret: string) => void;
  /** A copy of the text with all secrets hidden. */
  readonly text: (text: string) => string;
  /** Whether a text contains a secret. */
  readonly holds: (text: string) => boolean;
  /** The secrets as they were added. */
  readonly secrets: () => readonly string[];
  /** Whether there are no secrets. */
  readonly isEmpty: () => boolean;
  /** Hides secrets in bytes that arrive in chunks; a secret added meanwhile is hidden from then on. */
  readonly stream: () => MaskStream;
};

/** A stream through a masker; the output does not depend on how the input is split into chunks. */
export type MaskStream = {
  /**
   * The bytes that can be shown now: all but an end that may be the beginning of a secret.
   * May be a view of the chunk, so it is valid only as long as the chunk.
   */
  readonly push: (chunk: Buffer) => Buffer;
  /** The bytes that were held back. */
  readonly end: () => Buffer;
};

const MASK = Buffer.from('***');
const NOTHING = Buffer.alloc(0);

/** A masker without secrets; `onNew` is called once for each secret added. */
export const createMasker = (onNew: (secret: string) => void = () => undefined): Masker => {
  const secrets = new Set<string>();
  const forms = new Set<string>();
  let search: PatternSearch | undefined;

  const currentSearch = (): PatternSearch | undefined => {
    if (forms.size > 0) search ??= createPatternSearch([...forms].map((form) => Buffer.from(form)));
    return search;
  };
  const add = (secret: string): void => {
    const before = forms.size;
    for (const form of secretForms(secret)) forms.add(form);
    if (forms.size > before) search = undefined;
    if (secrets.has(secret) || secret.trim() === '') return;
    secrets.add(secret);
    onNew(secret);
  };
  const text = (plain: string): string => {
    const bytes = Buffer.from(plain);
    const ranges = currentSearch()?.cover(bytes) ?? [];
    return ranges.length === 0 ? plain : hide(bytes, ranges, 0).toString();
  };
  const holds = (plain: string): boolean => (currentSearch()?.cover(Buffer.from(plain)) ?? []).length > 0;

  return {
    add,
    text,
    holds,
    secrets: () => [...secrets],
    isEmpty: () => forms.size === 0,
    stream: () => createMaskStream(currentSearch),
  };
};

const createMaskStream = (currentSearch: () => PatternSearch | undefined): MaskStream => {
  let held = NOTHING;
  // End of the last hidden range, relative to the first held byte; bytes before it are hidden already.
  let hiddenUntil = -1;

  const release = (data: Buffer, open: number, ranges: readonly Range[]): Buffer => {
    const fresh: Range[] = [];
    for (const range of ranges) {
      if (range.start <= hiddenUntil) hiddenUntil = Math.max(hiddenUntil, range.end);
      else if (range.start < open) fresh.push(range);
    }
    const shown = hide(data.subarray(0, open), fresh, Math.max(0, hiddenUntil));
    hiddenUntil = Math.max(-1, Math.max(hiddenUntil, fresh.at(-1)?.end ?? -1) - open);
    held = Buffer.from(data.subarray(open));
    return shown;
  };
  const push = (chunk: Buffer): Buffer => {
    const search = currentSearch();
    if (search === undefined) return chunk;
    const data = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const open = search.openFrom(data);
    const ranges = search.cover(data);
    if (ranges.length === 0 && open === data.length && hiddenUntil < 0) {
      held = NOTHING;
      return data;
    }
    return release(data, open, ranges);
  };
  const end = (): Buffer => release(held, held.length, currentSearch()?.cover(held) ?? []);

  return { push, end };
};

/** The bytes from `from` on, each range replaced by the mask; the last range may reach past the end. */
const hide = (data: Buffer, ranges: readonly Range[], from: number): Buffer => {
  if (ranges.length === 0) return data.subarray(from);
  const parts: Buffer[] = [];
  let shownFrom = from;
  for (const { start, end } of ranges) {
    parts.push(data.subarray(shownFrom, start), MASK);
    shownFrom = end;
  }
  parts.push(data.subarray(shownFrom));
  return Buffer.concat(parts);
};
