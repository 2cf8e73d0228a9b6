import { createArtifactService, type Artifact } from './artifact-service.js';
import { startAzurite } from './azurite-blobs.js';
import { ACCOUNT, type Blobs, createBlobStore } from './blob-store.js';
import { type CacheEntry, createCacheService } from './cache-service.js';
import { createFaults, type Fault, firstHalf, flipped } from './faults.js';
import { AZURE } from './read-request.js';
import { createRequestLog, type LoggedRequest } from './request-log.js';
import { takePort } from './results-service.js';
import { createTokens, type JobIdentity } from './runtime-token.js';

/** GitHub's Results service, that is cache and artifacts, of one repository on this machine. */
export type GitHubEmulator = AsyncDisposable & {
  /** The variables that the runner gives an action and that the toolkit needs for cache and artifacts. */
  readonly environment: (job: JobIdentity) => Readonly<Record<string, string>>;
  /** "Re-run all jobs": attempts that ask for their environment from now on see no artifact of earlier ones. */
  readonly rerunAll: () => void;
  /** From now on requests of that side fail so; a second fault of a side replaces the first. */
  readonly fault: (fault: Fault) => void;
  /** Ends all faults; what hangs already goes on hanging. */
  readonly heal: () => void;
  /** All requests so far, in the order they came. */
  readonly requests: readonly LoggedRequest[];
  /** The first request that is so, or becomes so when it is answered; one from before counts too. */
  readonly untilRequest: (isWanted: (request: LoggedRequest) => boolean) => Promise<LoggedRequest>;
  /** The finished cache entries, oldest first. */
  readonly entries: () => Promise<readonly StoredEntry[]>;
  /** The finished artifacts of all runs and attempts, oldest first. */
  readonly artifacts: () => Promise<readonly StoredArtifact[]>;
  /** Removes every cache entry whose key begins with this; returns their number. */
  readonly evict: (keyOrPrefix: string) => Promise<number>;
  /** Damages the content of a cache entry, or else of the artifacts, of this name. */
  readonly corrupt: (name: string, how: Damage) => Promise<void>;
};

/** A cache entry with its content: a tar archive, compressed by the toolkit. */
export type StoredEntry = CacheEntry & { readonly content: Buffer };

/** An artifact with its content: a zip archive, or the file itself. */
export type StoredArtifact = Artifact & { readonly content: Buffer };

/** Damage to stored bytes: the middle third is flipped, the second half is lost, all are lost, or as a function returns. */
export type Damage = 'flip' | 'truncate' | 'lose' | ((content: Buffer) => Buffer);

/** The options of an emulator. */
export type EmulatorOptions = {
  /** Where content goes: memory (default), an Azurite of its own, or blobs that outlive this emulator. */
  readonly blobs?: 'memory' | 'azurite' | Blobs;
  /** Default 200. */
  readonly uploadsPerMinute?: number;
  /**
   * Content gets addresses under `.blob.core.windows.net`, as on GitHub, so that clients download it in ranges through
   * Azure's SDK. They have to be started with the environment that `environment` gives, `NODE_OPTIONS` included.
   */
  readonly likeAzure?: boolean;
};

/** Starts an emulator on a free port of the loopback interface; disposing of it drops every connection. */
export const startGitHub = async (options: EmulatorOptions = {}): Promise<GitHubEmulator> => {
  const { uploadsPerMinute = 200, likeAzure = false } = options;
  const { blobs, closeBlobs } = await openBlobs(options.blobs);
  const door = await takePort();
  const [tokens, faults, log] = [createTokens(), createFaults(), createRequestLog()];
  const origin = `http://127.0.0.1:${door.port}`;
  const addressOf = likeAzure ? azureAddress(door.port) : (path: string) => `${origin}${path}`;
  const cache = createCacheService({ blobs, addressOf, uploadsPerMinute });
  const artifacts = createArtifactService({ blobs, addressOf });
  const services = { CacheService: cache.methods, ArtifactService: artifacts.methods };
  door.open({ services, blobs, tokens, faults, log });
  return {
    environment: (job) => ({
      ...environmentOf(`${origin}/`, tokens.issue(job)),
      ...(likeAzure ? { NODE_OPTIONS: `--import=${RESOLVER}` } : {}),
    }),
    rerunAll: tokens.startOver,
    fault: faults.set,
    heal: faults.heal,
    requests: log.requests,
    untilRequest: log.until,
    entries: () => withContent(blobs, cache.entries()),
    artifacts: () => withContent(blobs, artifacts.artifacts()),
    evict: cache.evict,
    corrupt: async (name, how) => {
      const hit = [
        ...cache.entries().filter(({ key }) => key === name),
        ...artifacts.artifacts().filter((artifact) => artifact.name === name),
      ];
      if (hit.length === 0) throw new Error(`nothing is called ${name}`);
      for (const { blob } of hit) await damage(blobs, blob, how);
    },
    [Symbol.asyncDispose]: async () => {
      await door.close();
      await closeBlobs();
    },
  };
};

type OpenBlobs = { readonly blobs: Blobs; readonly closeBlobs: () => Promise<void> };

const openBlobs = async (wanted: EmulatorOptions['blobs'] = 'memory'): Promise<OpenBlobs> => {
  const closeBlobs = (): Promise<void> => Promise.resolve();
  if (wanted === 'memory') return { blobs: createBlobStore(), closeBlobs };
  if (wanted !== 'azurite') return { blobs: wanted, closeBlobs };
  const blobs = await startAzurite();
  return { blobs, closeBlobs: blobs.close };
};

/** Azure has the account in the host name. */
const azureAddress =
  (port: number) =>
  (path: string): string =>
    `http://${ACCOUNT}${AZURE}:${port}${path.slice(`/${ACCOUNT}`.length)}`;

/** Sends every name of Azure's stores to this machine. */
const RESOLVER = new URL('resolve-azure.mjs', import.meta.url).href;

const environmentOf = (url: string, token: string): Readonly<Record<string, string>> => ({
  ACTIONS_CACHE_SERVICE_V2: 'true',
  ACTIONS_RESULTS_URL: url,
  ACTIONS_RUNTIME_TOKEN: token,
  GITHUB_RETENTION_DAYS: '90',
  GITHUB_SERVER_URL: 'https://github.com',
});

const withContent = <T extends { readonly blob: string }>(
  blobs: Blobs,
  rows: readonly T[],
): Promise<readonly (T & { readonly content: Buffer })[]> =>
  Promise.all(rows.map(async (row) => ({ ...row, content: (await blobs.read(row.blob)) ?? Buffer.alloc(0) })));

const damage = async (blobs: Blobs, blob: string, how: Damage): Promise<void> => {
  if (how === 'lose') return blobs.remove(blob);
  const content = (await blobs.read(blob)) ?? Buffer.alloc(0);
  await blobs.write(blob, damaged(content, how));
};

const damaged = (content: Buffer, how: Exclude<Damage, 'lose'>): Buffer => {
  switch (how) {
    case 'flip':
      return flipped(content);
    case 'truncate':
      return firstHalf(content);
    default:
      return how(content);
  }
};
