import { SERVICE_OF, type WorkerCall } from './worker-protocol.js';
import type { StoreTrouble } from './store-trouble.js';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Paths of the worker process alone: its folder, which the toolkit takes for the workspace, a folder for temporary files, and the search path. */
export type WorkerPaths = { readonly folder: string; readonly temp: string; readonly searchPath: string };

/** The environment of the worker process: what the toolkit reads, what programs and the network need, and no more. */
export const workerEnvironment = (
  env: Environment,
  { folder, temp, searchPath }: WorkerPaths,
): Record<string, string> => {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && INHERITED.has(entry[0]),
  );
  return { ...Object.fromEntries(kept), PATH: searchPath, GITHUB_WORKSPACE: folder, RUNNER_TEMP: temp };
};

/** Why a call cannot work in this environment; undefined if it may. */
export const knownRefusal = (env: Environment, call: WorkerCall): StoreTrouble | undefined => {
  const service = SERVICE_OF[call];
  if (service === 'cache') return cacheRefusal(env) ?? modeRefusal(env, call === 'save' ? WRITABLE : READABLE);
  return service === 'artifact' ? artifactRefusal(env) : undefined;
};

/** The runner sets `ACTIONS_*` for actions only. By the tracking id it finds processes that outlive the job. */
const INHERITED: ReadonlySet<string> = new Set([
  ...['ACTIONS_CACHE_SERVICE_V2', 'ACTIONS_CACHE_URL', 'ACTIONS_CACHE_MODE', 'ACTIONS_RESULTS_URL'],
  ...['ACTIONS_RUNTIME_TOKEN', 'ACTIONS_ARTIFACT_UPLOAD_CONCURRENCY', 'ACTIONS_ARTIFACT_UPLOAD_TIMEOUT_MS'],
  ...['GITHUB_SERVER_URL', 'GITHUB_RETENTION_DAYS', 'RUNNER_TRACKING_ID', 'SEGMENT_DOWNLOAD_TIMEOUT_MINS'],
  ...['HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'SystemRoot', 'PATHEXT', 'USERPROFILE'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy', 'ALL_PROXY', 'all_proxy'],
  ...['NODE_EXTRA_CA_CERTS', 'NODE_USE_SYSTEM_CA', 'NODE_OPTIONS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
]);

/** A service takes an address and a token. A GitHub Enterprise Server has only the first version of the cache service. */
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

/** As in @actions/cache: an unknown mode permits everything. */
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
