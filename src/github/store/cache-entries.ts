import { restoreCache, saveCache } from '@actions/cache';
import { err, ok, type Result } from '../../base/result.js';
import type { EntryToSave } from './checkpoint-store.js';
import { troubleOf, type StoreTrouble } from './store-trouble.js';
import type { Listen } from './toolkit-output.js';

/** The path of every entry, relative to the folder of the store. The cache tells versions of an entry apart by this text. */
const PATHS = ['checkpoint'];

const DOWNLOADS_AT_ONCE = 4;

/** The key of the newest entry whose key begins with the prefix; undefined if there is none. */
export const findEntry = async (prefix: string, listen: Listen): Promise<Result<string | undefined, StoreTrouble>> => {
  const found = await askFor(prefix, true, listen);
  if (!found.ok) return found;
  return ok(found.value?.startsWith(prefix) === true ? found.value : undefined);
};

/** Unpacks entries below `checkpoint/` of the current folder; the keys that have no entry, in the given order. */
export const downloadEntries = async (
  keys: readonly string[],
  listen: Listen,
): Promise<Result<readonly string[], StoreTrouble>> => {
  const missing = new Set<string>();
  let trouble: StoreTrouble | undefined;
  const waiting = [...keys];
  const work = async (): Promise<void> => {
    for (let key = waiting.shift(); key !== undefined && trouble === undefined; key = waiting.shift()) {
      const got = await askFor(key, false, listen);
      if (!got.ok) trouble ??= got.error;
      else if (got.value !== key) missing.add(key); // The cache also gives an entry whose key only begins so.
    }
  };
  await Promise.all(Array.from({ length: DOWNLOADS_AT_ONCE }, work));
  return trouble === undefined ? ok(keys.filter((key) => missing.has(key))) : err(trouble);
};

/**
 * Stores `checkpoint/` of the current folder. A save has worked if the toolkit gives an id. Without one it may have worked
 * anyway: then the entry is found under its key, which no other start knows, unless the key is shared.
 */
export const saveEntry = async (
  { key, isShared }: Pick<EntryToSave, 'key' | 'isShared'>,
  listen: Listen,
): Promise<Result<undefined, StoreTrouble>> => {
  const saved = await listen(() => saveCache([...PATHS], key));
  if (saved.outcome.ok && saved.outcome.value > 0) return ok(undefined);
  const trouble = troubleOf('cache', saved.words);
  if (isShared === true || trouble.kind === 'slow-down' || trouble.kind === 'read-only') return err(trouble);
  const found = await askFor(key, true, listen);
  if (!found.ok) return err({ ...trouble, isUnanswered: true });
  return found.value === key ? ok(undefined) : err(trouble);
};

/** The toolkit answers "nothing" also when something went wrong. Only then it warns. */
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
