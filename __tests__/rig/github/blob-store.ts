import { createHmac, randomBytes } from 'node:crypto';

/** A request for a blob, with its whole body. */
export type BlobRequest = {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** The answer to it, with its whole body; the headers of a HEAD say the length. */
export type BlobAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** The permissions of a signed address, and the headers of a download. */
export type BlobAccess =
  | { readonly kind: 'upload' }
  | { readonly kind: 'download'; readonly contentType?: string; readonly contentDisposition?: string };

/** Azure's block blobs as far as the toolkit uses them, https://learn.microsoft.com/rest/api/storageservices/blob-service-rest-api. */
export type Blobs = {
  /** Path and query of an address that needs no other permission. */
  readonly sign: (name: string, access: BlobAccess) => string;
  readonly answer: (request: BlobRequest) => Promise<BlobAnswer>;
  /** The content, read without a signature; undefined if there is none. */
  readonly read: (name: string) => Promise<Buffer | undefined>;
  readonly write: (name: string, content: Buffer) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
};

/** The account that stands first in the path of every address; Azurite's fixed one. */
export const ACCOUNT = 'devstoreaccount1';

/** A blob store in memory. */
export const createBlobStore = (): Blobs => {
  const store: Store = { blobs: new Map(), blocks: new Map(), secret: randomBytes(32) };
  return {
    sign: (name, access) => `${PREFIX}${name}?${queryOf(name, access, store.secret).toString()}`,
    answer: (request) => Promise.resolve(answer(store, request)),
    read: (name) => Promise.resolve(store.blobs.get(name)?.content),
    write: (name, content) => {
      store.blobs.set(name, { contentType: BINARY, ...store.blobs.get(name), content });
      return Promise.resolve();
    },
    remove: (name) => {
      store.blobs.delete(name);
      return Promise.resolve();
    },
  };
};

const PREFIX = `/${ACCOUNT}/results/`;
const BINARY = 'application/octet-stream';

type Blob = { readonly content: Buffer; readonly contentType: string };

type Store = {
  readonly blobs: Map<string, Blob>;
  /** Blocks that no list has committed yet, by blob and block id. */
  readonly blocks: Map<string, Map<string, Buffer>>;
  readonly secret: Buffer;
};

/** Azure's names: `sp` permission, `rsct` and `rscd` headers of the answer, `sig` signature. */
const queryOf = (name: string, access: BlobAccess, secret: Buffer): URLSearchParams => {
  const query = new URLSearchParams({ sp: access.kind === 'upload' ? 'cw' : 'r' });
  if (access.kind === 'download') {
    if (access.contentType !== undefined) query.set('rsct', access.contentType);
    if (access.contentDisposition !== undefined) query.set('rscd', access.contentDisposition);
  }
  query.set('sig', signatureOf(name, query, secret));
  return query;
};

const signatureOf = (name: string, query: URLSearchParams, secret: Buffer): string =>
  createHmac('sha256', secret)
    .update([name, ...['sp', 'rsct', 'rscd'].map((key) => query.get(key) ?? '')].join('\n'))
    .digest('base64');

const answer = (store: Store, request: BlobRequest): BlobAnswer => {
  const { method, url } = request;
  const name = url.pathname.slice(PREFIX.length);
  const query = url.searchParams;
  const isSigned = url.pathname.startsWith(PREFIX) && query.get('sig') === signatureOf(name, query, store.secret);
  const needed = method === 'PUT' ? 'w' : 'r';
  if (!isSigned || query.get('sp')?.includes(needed) !== true) return refuseBlob(403, 'AuthenticationFailed');
  if (method === 'PUT') return put(store, name, request);
  if (method === 'GET' || method === 'HEAD') return get(store, name, request);
  return refuseBlob(405, 'UnsupportedHttpVerb');
};

/** An error as Azure sends them. */
export const refuseBlob = (status: number, code: string): BlobAnswer => ({
  status,
  headers: { ...commonHeaders(), 'x-ms-error-code': code, 'content-type': 'application/xml' },
  body: Buffer.from(
    `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
  ),
});

const commonHeaders = (): Record<string, string> => ({
  'x-ms-request-id': randomBytes(16).toString('hex'),
  'x-ms-version': '2021-12-02',
});

const put = (store: Store, name: string, { url, headers, body }: BlobRequest): BlobAnswer => {
  const contentType = headers['x-ms-blob-content-type'] ?? BINARY;
  const waiting = store.blocks.get(name) ?? new Map<string, Buffer>();
  switch (url.searchParams.get('comp')) {
    case null:
      store.blobs.set(name, { content: body, contentType });
      return created();
    case 'block':
      store.blocks.set(name, waiting.set(url.searchParams.get('blockid') ?? '', body));
      return created();
    case 'blocklist': {
      const blocks = listedBlocks(body).map((id) => waiting.get(id));
      if (blocks.includes(undefined)) return refuseBlob(400, 'InvalidBlockList');
      store.blobs.set(name, { content: Buffer.concat(blocks.filter((block) => block !== undefined)), contentType });
      store.blocks.delete(name);
      return created();
    }
    default:
      return refuseBlob(400, 'InvalidQueryParameterValue');
  }
};

const created = (): BlobAnswer => ({
  status: 201,
  headers: { ...commonHeaders(), etag: '"0x1"', 'last-modified': new Date().toUTCString() },
  body: Buffer.alloc(0),
});

const listedBlocks = (xml: Buffer): readonly string[] =>
  [...xml.toString().matchAll(/<(Latest|Uncommitted)>([^<]*)</g)].map(([, , id = '']) => id);

const get = (store: Store, name: string, { method, url, headers }: BlobRequest): BlobAnswer => {
  const blob = store.blobs.get(name);
  if (blob === undefined) return refuseBlob(404, 'BlobNotFound');
  const size = blob.content.length;
  const range = rangeOf(headers['x-ms-range'] ?? headers['range'], size);
  if (range === 'unsatisfiable') return refuseBlob(416, 'InvalidRange');
  const body = range === undefined ? blob.content : blob.content.subarray(range.start, range.end);
  const disposition = url.searchParams.get('rscd');
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      ...commonHeaders(),
      'accept-ranges': 'bytes',
      'content-length': String(body.length),
      'content-type': url.searchParams.get('rsct') ?? blob.contentType,
      etag: '"0x1"',
      'last-modified': new Date().toUTCString(),
      'x-ms-blob-type': 'BlockBlob',
      ...(disposition === null ? {} : { 'content-disposition': disposition }),
      ...(range === undefined ? {} : { 'content-range': `bytes ${range.start}-${range.end - 1}/${size}` }),
    },
    body: method === 'HEAD' ? Buffer.alloc(0) : body,
  };
};

type Range = { readonly start: number; readonly end: number };

const rangeOf = (header: string | undefined, size: number): Range | 'unsatisfiable' | undefined => {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === undefined) return undefined;
  const end = last === undefined || last === '' ? size : Math.min(size, Number(last) + 1);
  return Number(first) < end ? { start: Number(first), end } : 'unsatisfiable';
};
