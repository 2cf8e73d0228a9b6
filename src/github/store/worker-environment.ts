import { never } from '../../base/assert.js';
import type { WorkerCall } from './worker-protocol.js';
import type { StoreTrouble } from './store-trouble.js';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a worker process has of its own: its folder, which counts as the workspace, the toolkit's, and a search path. */
export type WorkerPaths = { readonly folder: string; readonly temp: string; readonly searchPath: string };

/** What the worker process inherits: what the toolkit reads, the way to programs and to the network, and no more. */
export const workerEnvironment = (
  env: Environment,
  { folder, temp, searchPath }: WorkerPaths,
): Record<string, string> => {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && INHERITED.has(entry[0]),
  );
  return { ...Object.fromEntries(kept), PATH: searchPath, GITHUB_WORKSPACE: folder, RUNNER_TEMP: temp };
};

/** Why a call need not even be tried; undefined when it may work. */
export const knownRefusal = (env: Environment, call: WorkerCall): StoreTrouble | undefined => {
  switch (call) {
    case 'find':
    case 'download':
      return cacheRefusal(env) ?? modeRefusal(env, READABLE);
    case 'save':
      return cacheRefusal(env) ?? modeRefusal(env, WRITABLE);
    case 'uploadArtifact':
    case 'listArtifacts':
    case 'downloadArtifact':
      return artifactRefusal(env);
    case 'packArchive':
    case 'packFile':
    case 'readManifest':
    case 'unpackFile':
    case 'restoreTree':
      return undefined;
    default:
      return never(call);
  }
};

/** `ACTIONS_*`: what the runner gives only to actions. The tracking id lets the runner end what outlives the job. */
const INHERITED: ReadonlySet<string> = new Set([
  ...['ACTIONS_CACHE_SERVICE_V2', 'ACTIONS_CACHE_URL', 'ACTIONS_CACHE_MODE', 'ACTIONS_RESULTS_URL'],
  ...['ACTIONS_RUNTIME_TOKEN', 'ACTIONS_ARTIFACT_UPLOAD_CONCURRENCY', 'ACTIONS_ARTIFACT_UPLOAD_TIMEOUT_MS'],
  ...['GITHUB_SERVER_URL', 'GITHUB_RETENTION_DAYS', 'RUNNER_TRACKING_ID', 'SEGMENT_DOWNLOAD_TIMEOUT_MINS'],
  ...['HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'SystemRoot', 'PATHEXT', 'USERPROFILE'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy', 'ALL_PROXY', 'all_proxy'],
  ...['NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA', 'NODE_OPTIONS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
]);

/** The service is an address and a token; a GitHub Enterprise Server only has the first version of it. */
const cacheRefusal = (env: Environment): StoreTrouble | undefined => {
  const isSecond = isSet(env, 'ACTIONS_CACHE_SERVICE_V2') && !isEnterpriseServer(env);
  const address = isSecond ? 'ACTIONS_RESULTS_URL' : 'ACTIONS_CACHE_URL';
  return isSet(env, address) && isSet(env, 'ACTIONS_RUNTIME_TOKEN')
    ? undefined
    : { kind: 'off', message: 'this runner has no cache service' };
};

const artifactRefusal = (env: Environment): StoreTrouble | undefined => {
  if (isEnterpriseServer(env)) return { kind: 'off', message: 'a GitHub Enterprise Server has no artifact service' };
  return isSet(env, 'ACTIONS_RESULTS_URL') && isSet(env, 'ACTIONS_RUNTIME_TOKEN')
    ? undefined
    : { kind: 'off', message: 'this runner has no artifact service' };
};

const MODES = ['none', 'read', 'write', 'write-only'];
const READABLE = ['read', 'write'];
const WRITABLE = ['write', 'write-only'];

/** As in @actions/cache: a mode nobody knows permits everything. */
const modeRefusal = (env: Environment, permitted: readonly string[]): StoreTrouble | undefined => {
  const mode = (env['ACTIONS_CACHE_MODE'] ?? '').trim().toLowerCase();
  if (!MODES.includes(mode) || permitted.includes(mode)) return undefined;
  const because = `the cache mode of this job is "${mode}"`;
  return mode === 'read' ? { kind: 'read-only', message: because } : { kind: 'off', message: because };
};

const isSet = (env: Environment, name: string): boolean => (env[name] ?? '') !== '';

const isEnterpriseServer = (env: Environment): boolean => {
  const host = hostOf(env['GITHUB_SERVER_URL'] ?? '');
  return host !== undefined && host !== 'github.com' && !host.endsWith('.ghe.com') && !host.endsWith('.localhost');
};

const hostOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).hostname : undefined);
