import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** A job that gets a token. */
export type JobIdentity = {
  readonly runId: string;
  /** The run attempt, from 1. */
  readonly attempt: number;
  /** Default `build`. */
  readonly job?: string;
  /** Default: the default branch. */
  readonly ref?: string;
  /** The base of a pull request, such as `refs/heads/main`. */
  readonly baseRef?: string;
  /** A branch name; default `main`. */
  readonly defaultBranch?: string;
  /** Of the cache; `none` may not even read. Default `read-write`. */
  readonly mode?: 'read-write' | 'read-only' | 'none';
  /** Default: made from run, attempt and job. */
  readonly backendIds?: BackendIds;
};

/** The service's own names for an attempt of a run and for a job in it. */
export type BackendIds = { readonly run: string; readonly job: string };

/** A cache scope of a token: a ref, and 1 to read plus 2 to write. */
export type CacheScope = { readonly scope: string; readonly permission: number };

/** The caller, as named by a valid token. */
export type Caller = {
  readonly ids: BackendIds;
  readonly runId: string;
  readonly attempt: number;
  /** How often all jobs had been re-run before this attempt first asked for a token. */
  readonly generation: number;
  /** In the order of a search: own ref, base, default branch. */
  readonly scopes: readonly CacheScope[];
};

/** The tokens of one emulator. */
export type Tokens = {
  readonly issue: (job: JobIdentity) => string;
  /** The caller behind an `Authorization` header; undefined for a token that was not issued here. */
  readonly callerOf: (authorization: string | undefined) => Caller | undefined;
  /** Attempts that request their first token after this call see nothing of earlier attempts, as after "Re-run all jobs". */
  readonly startOver: () => void;
};

/** Issues tokens shaped like GitHub's: a JWT with backend ids in `scp` and, as JSON text, cache scopes in `ac`. */
export const createTokens = (): Tokens => {
  const secret = randomBytes(32);
  const callers = new Map<string, Caller>();
  const generations = new Map<string, number>();
  let generation = 0;
  return {
    issue: (job) => {
      const ids = job.backendIds ?? backendIdsOf(job);
      if (!generations.has(ids.run)) generations.set(ids.run, generation);
      const scopes = scopesOf(job);
      const token = sign(claimsOf(ids, scopes), secret);
      const { runId, attempt } = job;
      callers.set(token, { ids, runId, attempt, scopes, generation: generations.get(ids.run) ?? generation });
      return token;
    },
    callerOf: (authorization = '') => {
      const token = authorization.replace(/^Bearer /, '');
      return isSignedBy(token, secret) ? callers.get(token) : undefined;
    },
    startOver: () => {
      generation++;
    },
  };
};

const backendIdsOf = ({ runId, attempt, job = 'build' }: JobIdentity): BackendIds => ({
  run: uuidOf(`${runId}/${attempt}`),
  job: uuidOf(`${runId}/${attempt}/${job}`),
});

const uuidOf = (name: string): string =>
  createHmac('sha256', 'backend id')
    .update(name)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

const READ = 1;
const READ_AND_WRITE = 3;

const scopesOf = ({ ref, baseRef, defaultBranch = 'main', mode = 'read-write' }: JobIdentity): CacheScope[] => {
  if (mode === 'none') return [];
  const defaultRef = `refs/heads/${defaultBranch}`;
  const own = ref ?? defaultRef;
  const others = new Set([baseRef, defaultRef].filter((name) => name !== undefined && name !== own));
  return [
    { scope: own, permission: mode === 'read-only' ? READ : READ_AND_WRITE },
    ...[...others].map((scope) => ({ scope: scope ?? own, permission: READ })),
  ];
};

const LIFE_SECONDS = 6 * 60 * 60;

const claimsOf = (ids: BackendIds, scopes: readonly CacheScope[]): object => {
  const issued = Math.floor(Date.now() / 1000);
  return {
    scp: `Actions.GenericRead:${ids.run} Actions.Results:${ids.run}:${ids.job} Actions.UploadArtifacts:${ids.run}`,
    ac: JSON.stringify(scopes.map(({ scope, permission }) => ({ Scope: scope, Permission: permission }))),
    iss: 'vstoken.actions.githubusercontent.com',
    iat: issued,
    exp: issued + LIFE_SECONDS,
    jti: randomBytes(8).toString('hex'),
  };
};

const sign = (claims: object, secret: Buffer): string => {
  const signed = [{ alg: 'HS256', typ: 'JWT' }, claims].map(encode).join('.');
  return `${signed}.${signatureOf(signed, secret).toString('base64url')}`;
};

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const signatureOf = (signed: string, secret: Buffer): Buffer => createHmac('sha256', secret).update(signed).digest();

const isSignedBy = (token: string, secret: Buffer): boolean => {
  const end = token.lastIndexOf('.');
  const given = Buffer.from(token.slice(end + 1), 'base64url');
  const expected = signatureOf(token.slice(0, end), secret);
  return given.length === expected.length && timingSafeEqual(given, expected);
};
