import { type BlobAnswer, refuseBlob } from './blob-store.js';
import { refuse, reply, type TwirpAnswer } from './twirp.js';

/** Every way in which the service can fail. */
export const FAULT_KINDS = [
  'rate-limited',
  'server-error',
  'html',
  'html-ok',
  'hang',
  'connection-loss',
  'blob-error',
  'blob-hang',
  'blob-truncated',
  'corrupted',
  'read-only',
] as const;

/** One way in which the service can fail. */
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Whether a request is part of storing something or of reading it back. */
export type Side = 'save' | 'restore';

/** A fault, and the requests it applies to. */
export type Fault = { readonly on: Side | 'both'; readonly kind: FaultKind };

/** The current faults. A request that has already arrived keeps the fault it met. */
export type Faults = {
  /** Replaces an earlier fault of the same side. */
  readonly set: (fault: Fault) => void;
  readonly heal: () => void;
  readonly on: (side: Side) => FaultKind | undefined;
  /** 503 and 500 in turn, like a failing store. */
  readonly nextBlobError: () => BlobAnswer;
};

/** No faults yet. */
export const createFaults = (): Faults => {
  const kinds = new Map<Side, FaultKind>();
  let errors = 0;
  return {
    set: ({ on, kind }) => {
      for (const side of on === 'both' ? (['save', 'restore'] as const) : [on]) kinds.set(side, kind);
    },
    heal: () => kinds.clear(),
    on: (side) => kinds.get(side),
    nextBlobError: () => (errors++ % 2 === 0 ? refuseBlob(503, 'ServerBusy') : refuseBlob(500, 'InternalError')),
  };
};

/** How a faulty service reacts to a call: with an answer, with silence, or with a lost connection. */
export type IllAnswer = TwirpAnswer | { readonly html: string; readonly status: number } | 'hang' | 'drop';

/** The effect of a fault on the call of a method; undefined for faults of blobs. */
export const illAnswer = (kind: FaultKind, method: string): IllAnswer | undefined => {
  switch (kind) {
    case 'rate-limited':
      return refuse('resource_exhausted', 'rate limit exceeded', { 'retry-after': '60' });
    case 'server-error':
      return refuse('internal', 'something went wrong');
    case 'html':
      return { status: 502, html: UNICORN };
    case 'html-ok':
      return { status: 200, html: UNICORN };
    case 'hang':
      return 'hang';
    case 'connection-loss':
      return 'drop';
    case 'read-only':
      return denied(method);
    case 'blob-error':
    case 'blob-hang':
    case 'blob-truncated':
    case 'corrupted':
      return undefined;
  }
};

const UNICORN = '<!DOCTYPE html><html><head><title>Unicorn!</title></head><body>We had issues.</body></html>\n';

/** The cache service denies writes in a message and reads with an error; the artifact service knows only errors. */
const denied = (method: string): TwirpAnswer => {
  switch (method) {
    case 'CreateCacheEntry':
    case 'FinalizeCacheEntryUpload':
      return reply({ ok: false, message: WRITE_DENIED });
    case 'GetCacheEntryDownloadURL':
      return refuse('permission_denied', READ_DENIED);
    default:
      return refuse('permission_denied', 'the token does not permit this');
  }
};

/** The answer of the cache service to a token that may not write; clients recognise the first words. */
export const WRITE_DENIED = 'cache write denied: token has no writable scopes';

/** The answer of the cache service to a token that may not read; clients recognise the first words. */
export const READ_DENIED = 'cache read denied: token has no readable scopes';

/** The first half of a body. */
export const firstHalf = (body: Buffer): Buffer => body.subarray(0, Math.floor(body.length / 2));

/** A body of the same length in which the middle third, one byte at least, is flipped. */
export const flipped = (body: Buffer): Buffer => {
  const start = Math.floor(body.length / 3);
  const end = Math.max(start + 1, Math.floor((2 * body.length) / 3));
  return Buffer.concat([
    body.subarray(0, start),
    body.subarray(start, end).map((byte) => byte ^ 0xff),
    body.subarray(end),
  ]);
};
