import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BlobAnswer, Blobs } from './blob-store.js';
import { type FaultKind, type Faults, firstHalf, flipped } from './faults.js';
import { headersOf, urlOf, wholeBody } from './read-request.js';
import type { RequestLog } from './request-log.js';

/** The parts that serve a blob request. */
export type BlobParts = { readonly blobs: Blobs; readonly faults: Faults; readonly log: RequestLog };

/** A request and the way back. */
export type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse };

/** Answers a request for a blob as the faults demand. */
export const serveBlob = async ({ blobs, faults, log }: BlobParts, { request, response }: Exchange): Promise<void> => {
  const { method = '' } = request;
  const [url, headers] = [urlOf(request), headersOf(request)];
  const range = headers['x-ms-range'] ?? headers['range'];
  const note = log.add({ method, path: pathOf(url), call: 'blob', body: undefined, attempt: undefined, range });
  const fault = faults.on(method === 'PUT' ? 'save' : 'restore');
  if (fault === 'hang') return;
  if (fault === 'connection-loss') return void response.destroy();
  if (fault === 'blob-hang' && method === 'PUT') {
    stopHalfWay(request);
    return;
  }
  const body = await wholeBody(request);
  const answer =
    fault === 'blob-error'
      ? faults.nextBlobError()
      : await blobs.answer({ method, url, headers, body: isContent(url) ? damaged(body, fault) : body });
  send(answer, { method, fault, response });
  note(answer.status);
};

const pathOf = ({ pathname, searchParams }: URL): string =>
  searchParams.has('comp') ? `${pathname}?comp=${searchParams.get('comp') ?? ''}` : pathname;

/** A list of blocks is not content, so it is never corrupted. */
const isContent = ({ searchParams }: URL): boolean => searchParams.get('comp') !== 'blocklist';

const damaged = (body: Buffer, fault: FaultKind | undefined): Buffer => {
  if (fault === 'blob-truncated') return firstHalf(body);
  return fault === 'corrupted' && body.length > 0 ? flipped(body) : body;
};

const stopHalfWay = (request: IncomingMessage): void => {
  const half = Number(request.headers['content-length'] ?? 0) / 2;
  let seen = 0;
  request.on('data', (chunk: Buffer) => {
    seen += chunk.length;
    if (seen >= half) request.pause();
  });
};

type Sending = {
  readonly method: string;
  readonly fault: FaultKind | undefined;
  readonly response: ServerResponse;
};

const send = ({ status, headers, body }: BlobAnswer, { method, fault, response }: Sending): void => {
  response.writeHead(status, headers);
  const isDownload = method === 'GET' && status < 300;
  if (!isDownload) return void response.end(body);
  switch (fault) {
    case 'blob-hang':
      return void response.write(firstHalf(body));
    case 'blob-truncated':
      return void response.write(firstHalf(body), () => response.destroy());
    default:
      return void response.end(damaged(body, fault));
  }
};
