import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  BlobSASPermissions,
  BlobServiceClient,
  type ContainerClient,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { ACCOUNT, type BlobAccess, type BlobAnswer, type BlobRequest, type Blobs } from './blob-store.js';

/** A blob store in Azurite, Microsoft's emulator of Azure's. */
export type AzuriteBlobs = Blobs & { readonly close: () => Promise<void> };

/** Whether `npm ci --prefix tools/azurite` was run. */
export const isAzuriteInstalled = (): boolean => existsSync(PROGRAM);

/** Starts a new Azurite in memory on a free port. */
export const startAzurite = async (): Promise<AzuriteBlobs> => {
  const folder = mkdtempSync(join(tmpdir(), 'sp-azurite-'));
  const child = spawn(process.execPath, [PROGRAM, ...OPTIONS], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const origin = await Promise.race([originFrom(child.stdout), ended.then(() => undefined)]);
  if (origin === undefined) throw new Error('Azurite ended before it listened');
  // Later output is not used, but must not fill the pipe.
  child.stdout.resume();
  const container = await newContainer(origin);
  return {
    sign: (name, access) => `/${ACCOUNT}/${CONTAINER}/${name}?${queryOf(name, access)}`,
    answer: (request) => forward(origin, request),
    read: async (name) => {
      const blob = container.getBlobClient(name);
      return (await blob.exists()) ? blob.downloadToBuffer() : undefined;
    },
    write: async (name, content) => {
      await container.getBlockBlobClient(name).uploadData(content);
    },
    remove: async (name) => {
      await container.getBlobClient(name).deleteIfExists();
    },
    close: async () => {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const PROGRAM = join(import.meta.dirname, '../../../tools/azurite/node_modules/azurite/dist/src/blob/main.js');

const OPTIONS = [
  ...['--blobHost', '127.0.0.1', '--blobPort', '0'],
  ...['--inMemoryPersistence', '--disableTelemetry', '--skipApiVersionCheck'],
];

const CONTAINER = 'results';

/** The published key of the account that every Azurite has. */
const KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

const credential = (): StorageSharedKeyCredential => new StorageSharedKeyCredential(ACCOUNT, KEY);

const originFrom = async (output: NodeJS.ReadableStream): Promise<string | undefined> => {
  const lines = createInterface(output);
  for await (const line of lines) {
    const origin = /listens on (http:\S+)/.exec(line)?.[1];
    if (origin !== undefined) return origin;
  }
  return undefined;
};

const newContainer = async (origin: string): Promise<ContainerClient> => {
  const container = new BlobServiceClient(`${origin}/${ACCOUNT}`, credential()).getContainerClient(CONTAINER);
  await container.create();
  return container;
};

const HOUR_MS = 3_600_000;

const queryOf = (blobName: string, access: BlobAccess): string => {
  const common = { containerName: CONTAINER, blobName, expiresOn: new Date(Date.now() + HOUR_MS) };
  if (access.kind === 'upload') {
    const permissions = BlobSASPermissions.parse('cw');
    return generateBlobSASQueryParameters({ ...common, permissions }, credential()).toString();
  }
  const { kind: _kind, ...headers } = access;
  const permissions = BlobSASPermissions.parse('r');
  return generateBlobSASQueryParameters({ ...common, ...headers, permissions }, credential()).toString();
};

const forward = async (origin: string, { method, url, headers, body }: BlobRequest): Promise<BlobAnswer> => {
  const response = await fetch(`${origin}${url.pathname}${url.search}`, {
    method,
    headers: without([...CONNECTION_HEADERS, 'content-length'], Object.entries(headers)),
    ...(method === 'PUT' ? { body: new Uint8Array(body) } : {}),
  });
  return {
    status: response.status,
    headers: without(CONNECTION_HEADERS, [...response.headers]),
    body: Buffer.from(await response.arrayBuffer()),
  };
};

/** The headers of one connection only; a request is forwarded with the length it has after decoding. */
const CONNECTION_HEADERS = ['host', 'connection', 'keep-alive', 'transfer-encoding', 'expect'];

const without = (names: readonly string[], headers: readonly (readonly [string, string])[]): Record<string, string> =>
  Object.fromEntries(headers.filter(([name]) => !names.includes(name)));
