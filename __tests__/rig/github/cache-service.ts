import { randomUUID } from 'node:crypto';
import type { Blobs } from './blob-store.js';
import { READ_DENIED, WRITE_DENIED } from './faults.js';
import type { Caller } from './runtime-token.js';
import { type JsonObject, refuse, reply, text, texts, type TwirpAnswer, type TwirpMethods } from './twirp.js';

/** An entry of the cache. */
export type CacheEntry = {
  readonly id: number;
  readonly key: string;
  readonly version: string;
  /** The ref it belongs to. */
  readonly scope: string;
  /** The name of its blob. */
  readonly blob: string;
  readonly createdAtMs: number;
  /** The size that the client reported at the end; undefined while the entry is only reserved. */
  readonly sizeBytes: number | undefined;
};

/** Version 2 of the cache service: entries never change, are found by prefix, and belong to a ref. */
export type CacheService = {
  readonly methods: TwirpMethods;
  /** Finished entries, oldest first. */
  readonly entries: () => readonly CacheEntry[];
  /** Removes all entries whose key begins with this, reserved ones too; returns their number. */
  readonly evict: (prefix: string) => Promise<number>;
};

/** The blob store, the addresses of its content, and the size limit of the service. */
export type CacheParts = {
  readonly blobs: Blobs;
  /** The whole address of a path. */
  readonly addressOf: (path: string) => string;
  readonly uploadsPerMinute: number;
};

/** A cache without entries. */
export const createCacheService = ({ blobs, addressOf, uploadsPerMinute }: CacheParts): CacheService => {
  let entries: readonly CacheEntry[] = [];
  let count = 0;
  const limit = createUploadLimit(uploadsPerMinute);
  const create = (request: JsonObject, caller: Caller): TwirpAnswer => {
    const [key, version, scope] = [text(request, 'key'), text(request, 'version'), writableScope(caller)];
    if (key === '' || key.length > MAX_KEY_LENGTH || version === '')
      return refuse('invalid_argument', 'bad key or version');
    if (scope === undefined) return reply({ ok: false, message: WRITE_DENIED });
    const waitSeconds = limit.take();
    if (waitSeconds > 0)
      return refuse('resource_exhausted', 'rate limit exceeded', { 'retry-after': String(waitSeconds) });
    if (entries.some(isSame({ key, version, scope }))) return refuse('already_exists', EXISTS);
    const id = ++count;
    const blob = `cache-${randomUUID()}`;
    entries = [...entries, { id, key, version, scope, blob, createdAtMs: Date.now(), sizeBytes: undefined }];
    return reply({ ok: true, signed_upload_url: addressOf(blobs.sign(blob, { kind: 'upload' })) });
  };
  const finalize = async (request: JsonObject, caller: Caller): Promise<TwirpAnswer> => {
    const scope = writableScope(caller);
    if (scope === undefined) return reply({ ok: false, message: WRITE_DENIED });
    const wanted = isSame({ key: text(request, 'key'), version: text(request, 'version'), scope });
    const reserved = entries.find((entry) => wanted(entry) && entry.sizeBytes === undefined);
    if (reserved === undefined) return refuse('not_found', 'cache entry not found');
    if ((await blobs.read(reserved.blob)) === undefined)
      return reply({ ok: false, message: 'cache entry has no content' });
    const done = { ...reserved, sizeBytes: Number(text(request, 'size_bytes')) };
    entries = entries.map((entry) => (entry === reserved ? done : entry));
    return reply({ ok: true, entry_id: String(done.id) });
  };
  const find = (request: JsonObject, { scopes }: Caller): TwirpAnswer => {
    const readable = scopes.filter(({ permission }) => (permission & READ) !== 0).map(({ scope }) => scope);
    if (readable.length === 0) return refuse('permission_denied', READ_DENIED);
    const usable = entries.filter(
      ({ version, sizeBytes }) => sizeBytes !== undefined && version === text(request, 'version'),
    );
    const keys = [text(request, 'key'), ...texts(request, 'restore_keys')];
    const found = readable.map((scope) =>
      findInScope(
        usable.filter((entry) => entry.scope === scope),
        keys,
      ),
    );
    const entry = found.find((one) => one !== undefined);
    if (entry === undefined) return reply({ ok: false });
    const url = addressOf(blobs.sign(entry.blob, { kind: 'download', contentType: 'application/octet-stream' }));
    return reply({ ok: true, signed_download_url: url, matched_key: entry.key });
  };
  return {
    methods: {
      CreateCacheEntry: (request, caller) => Promise.resolve(create(request, caller)),
      FinalizeCacheEntryUpload: finalize,
      GetCacheEntryDownloadURL: (request, caller) => Promise.resolve(find(request, caller)),
    },
    entries: () => entries.filter(({ sizeBytes }) => sizeBytes !== undefined),
    evict: async (prefix) => {
      const evicted = entries.filter(({ key }) => key.startsWith(prefix));
      entries = entries.filter((entry) => !evicted.includes(entry));
      for (const { blob } of evicted) await blobs.remove(blob);
      return evicted.length;
    },
  };
};

const MAX_KEY_LENGTH = 512;
const EXISTS = 'cache entry with the same key, version, and scope already exists';

const READ = 1;
const WRITE = 2;

const writableScope = ({ scopes }: Caller): string | undefined =>
  scopes.find(({ permission }) => (permission & WRITE) !== 0)?.scope;

type EntryName = Pick<CacheEntry, 'key' | 'version' | 'scope'>;

const isSame =
  (wanted: EntryName) =>
  ({ key, version, scope }: EntryName): boolean =>
    key === wanted.key && version === wanted.version && scope === wanted.scope;

/** For each key in turn: the entry with exactly this name, else the newest whose name begins with it. */
const findInScope = (entries: readonly CacheEntry[], keys: readonly string[]): CacheEntry | undefined => {
  const matches = keys.map(
    (wanted) => entries.findLast(({ key }) => key === wanted) ?? entries.findLast(({ key }) => key.startsWith(wanted)),
  );
  return matches.find((entry) => entry !== undefined);
};

const MINUTE_MS = 60_000;

/** Counts uploads within the last minute: `take` says how many seconds to wait, 0 when there is room. */
const createUploadLimit = (uploadsPerMinute: number): { readonly take: () => number } => {
  let times: readonly number[] = [];
  return {
    take: () => {
      const now = Date.now();
      times = times.filter((time) => time > now - MINUTE_MS);
      const oldest = times[0];
      if (oldest !== undefined && times.length >= uploadsPerMinute) return Math.ceil((oldest + MINUTE_MS - now) / 1000);
      times = [...times, now];
      return 0;
    },
  };
};
