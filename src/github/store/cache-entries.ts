import { restoreCache, saveCache } from '@actions/cache';
import { err, ok, type Result } from '../../base/result.js';
import { troubleOf, type StoreTrouble } from './store-trouble.js';
import type { Listen } from './toolkit-output.js';

/** The one path of every entry, relative to the folder of the store: an entry's version is made from its text. */
const PATHS = ['checkpoint'];

const DOWNLOADS_AT_ONCE = 4;

/** The key of the newest entry whose key begins so, if there is one. */
export const findEntry = async (
  prefix: string,
  listen: Listen,
): Promise<Result<{ readonly key?: string }, StoreTrouble>> => {
  const found = await askFor(prefix, true, listen);
  if (!found.ok) return found;
  return ok(found.value?.startsWith(prefix) === true ? { key: found.value } : {});
};

/**
 * Unpacks entries below `checkpoint/` of the current folder; the keys that there are none of, in the given order.
 * The first trouble is the answer; other downloads may have been done by then.
 */
export const downloadEntries = async (
  keys: readonly string[],
  listen: Listen,
): Promise<Result<{ readonly missing: readonly string[] }, StoreTrouble>> => {
  const missing = new Set<string>();
  let trouble: StoreTrouble | undefined;
  const waiting = [...keys];
  const work = async (): Promise<void> => {
    for (let key = waiting.shift(); key !== undefined && trouble === undefined; key = waiting.shift()) {
      const got = await askFor(key, false, listen);
      if (!got.ok) trouble ??= got.error;
      else if (got.value !== key) missing.add(key); // The cache also takes a key for the beginning of another one.
    }
  };
  await Promise.all(Array.from({ length: DOWNLOADS_AT_ONCE }, work));
  return trouble === undefined ? ok({ missing: keys.filter((key) => missing.has(key)) }) : err(trouble);
};

/**
 * Stores `checkpoint/` of the current folder. The toolkit says little about a save that failed, and may be wrong: the
 * entry is ours if its id came back, or if it can be found under exactly this key and nobody else knows that one.
 */
export const saveEntry = async (
  { key, isUnique }: { readonly key: string; readonly isUnique: boolean },
  listen: Listen,
): Promise<Result<undefined, StoreTrouble>> => {
  const saved = await listen(() => saveCache([...PATHS], key));
  if (saved.outcome.ok && saved.outcome.value > 0) return ok(undefined);
  const trouble = troubleOf('cache', saved.words);
  if (!isUnique || trouble.kind === 'slow-down' || trouble.kind === 'read-only') return err(trouble);
  const found = await askFor(key, true, listen);
  if (!found.ok) return err({ ...trouble, isUnanswered: true });
  return found.value === key ? ok(undefined) : err(trouble);
};

/** The toolkit answers "nothing" to everything that goes wrong, and warns; only without that warning nothing is there. */
const askFor = async (
  key: string,
  lookupOnly: boolean,
  listen: Listen,
): Promise<Result<string | undefined, StoreTrouble>> => {
  const { outcome, words } = await listen(() => restoreCache([...PATHS], key, [], { lookupOnly }));
  const failed = !outcome.ok || (outcome.value === undefined && words.some((word) => word.startsWith(FAILED)));
  return failed ? err(troubleOf('cache', words)) : ok(outcome.value);
};

const FAILED = 'Failed to restore:';
