import { DefaultArtifactClient } from '@actions/artifact';
import { err, ok, type Result } from '../../base/result.js';
import type { ArtifactContent, StoredArtifact, WantedArtifact } from './worker-protocol.js';
import { troubleOf, unavailable, type StoreTrouble } from './store-trouble.js';
import type { Heard, Listen } from './toolkit-output.js';

/** Stores files as an artifact; its id. */
export const uploadArtifact = async (
  { name, files, root, retentionDays }: ArtifactContent,
  listen: Listen,
): Promise<Result<{ readonly id: number }, StoreTrouble>> => {
  const options = retentionDays === undefined ? {} : { retentionDays };
  const sent = judge(await listen(() => new DefaultArtifactClient().uploadArtifact(name, [...files], root, options)));
  if (!sent.ok) return sent;
  const { id } = sent.value;
  return id === undefined ? err(unavailable('the artifact service gave no id')) : ok({ id });
};

/** All artifacts that this attempt can see. `latest` of the toolkit trusts ids to rise over attempts, which they do not. */
export const listArtifacts = async (listen: Listen): Promise<Result<readonly StoredArtifact[], StoreTrouble>> => {
  const listed = judge(await listen(() => new DefaultArtifactClient().listArtifacts({ latest: false })));
  if (!listed.ok) return listed;
  return ok(
    listed.value.artifacts.map(({ name, id, digest }) => ({ name, id, ...(digest !== undefined && { digest }) })),
  );
};

/** Unpacks an artifact into a folder. The toolkit only notes that what came is not what was stored; here it is an error. */
export const downloadArtifact = async (
  { id, digest, folder }: WantedArtifact,
  listen: Listen,
): Promise<Result<undefined, StoreTrouble>> => {
  const options = { path: folder, ...(digest !== undefined && { expectedHash: digest }) };
  const got = judge(await listen(() => new DefaultArtifactClient().downloadArtifact(id, options)));
  if (!got.ok) return got;
  return got.value.digestMismatch === true ? err(unavailable('the artifact was damaged on its way')) : ok(undefined);
};

const judge = <T>({ outcome, words }: Heard<T>): Result<T, StoreTrouble> =>
  outcome.ok ? outcome : err(troubleOf('artifact', words));
