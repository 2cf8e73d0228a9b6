import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { illAnswer, type IllAnswer, type Side } from './faults.js';
import { urlOf, wholeBody } from './read-request.js';
import type { Tokens } from './runtime-token.js';
import { type BlobParts, type Exchange, serveBlob } from './serve-blob.js';
import { readJsonObject, refuse, type TwirpAnswer, type TwirpMethods } from './twirp.js';

/** The parts of the server: services by name, blobs, and the checks that every request passes first. */
export type ResultsParts = BlobParts & {
  readonly services: Readonly<Record<string, TwirpMethods>>;
  readonly tokens: Tokens;
};

/** The server for services and blobs, on a port of the loopback interface. */
export type Door = {
  readonly port: number;
  /** Starts to answer requests. */
  readonly open: (parts: ResultsParts) => void;
  /** Drops every connection. */
  readonly close: () => Promise<void>;
};

/** Opens the server on a free port. */
export const takePort = async (): Promise<Door> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    open: (parts) => void server.on('request', (request, response) => void serve(parts, { request, response })),
    close: () => closeServer(server),
  };
};

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

const TWIRP = '/twirp/';
const PACKAGE = 'github.actions.results.api.v1.';

const serve = async (parts: ResultsParts, exchange: Exchange): Promise<void> => {
  try {
    const isCall = urlOf(exchange.request).pathname.startsWith(TWIRP);
    await (isCall ? serveCall(parts, exchange) : serveBlob(parts, exchange));
  } catch (error) {
    // A client may disappear in the middle of a request, for example when it is killed; any other error is a bug of the emulator.
    if (exchange.request.complete) throw error;
  }
};

const serveCall = async (parts: ResultsParts, { request, response }: Exchange): Promise<void> => {
  const { method = '' } = request;
  const path = urlOf(request).pathname;
  const [service = '', call = ''] = path.slice(TWIRP.length + PACKAGE.length).split('/');
  const body = readJsonObject(await wholeBody(request));
  const caller = parts.tokens.callerOf(request.headers.authorization);
  const note = parts.log.add({ method, path, call, body, attempt: caller?.attempt, range: undefined });
  const healthy = async (): Promise<TwirpAnswer> => {
    const act = parts.services[service]?.[call];
    if (act === undefined || method !== 'POST') return refuse('bad_route', `no method ${path}`);
    if (caller === undefined) return refuse('unauthenticated', 'the token is not valid');
    if (body === undefined) return refuse('malformed', 'the body is not a JSON object');
    return act(body, caller);
  };
  const fault = parts.faults.on(sideOf(call));
  const answer = (fault === undefined ? undefined : illAnswer(fault, call)) ?? (await healthy());
  if (answer === 'hang') return;
  if (answer === 'drop') return void response.destroy();
  send(answer, response);
  note(answer.status);
};

const sideOf = (call: string): Side =>
  ['GetCacheEntryDownloadURL', 'ListArtifacts', 'GetSignedArtifactURL'].includes(call) ? 'restore' : 'save';

const send = (answer: Exclude<IllAnswer, string>, response: Exchange['response']): void => {
  if ('html' in answer) response.writeHead(answer.status, { 'content-type': 'text/html' }).end(answer.html);
  else {
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(JSON.stringify(answer.body));
  }
};
