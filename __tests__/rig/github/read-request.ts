import type { IncomingMessage } from 'node:http';
import { ACCOUNT } from './blob-store.js';

/** The end of the host name of every blob store of Azure. */
export const AZURE = '.blob.core.windows.net';

/** The address with the account in the path, as Azurite expects it; Azure has it in the host name. */
export const urlOf = ({ url = '/', headers }: IncomingMessage): URL => {
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  return new URL(`http://host${host.endsWith(AZURE) ? `/${ACCOUNT}` : ''}${url}`);
};

/** The headers that have one value; their names in lower case. */
export const headersOf = ({ headers }: IncomingMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );

/** The whole body. */
export const wholeBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};
