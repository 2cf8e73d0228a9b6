import { DefaultArtifactClient } from '@actions/artifact';
import { err, ok, type Result } from '../../base/result.js';
import type { RecordToSave, StoredRecord, WantedRecord } from './record-store.js';
import { troubleOf, unavailable, type StoreTrouble } from './store-trouble.js';
import type { Heard, Listen } from './toolkit-output.js';

/** Stores files as an artifact. */
export const uploadArtifact = async (
  { name, files, root, retentionDays }: RecordToSave,
  listen: Listen,
): Promise<Result<undefined, StoreTrouble>> => {
  const options = retentionDays === undefined ? {} : { retentionDays };
  const sent = judge(await listen(() => new DefaultArtifactClient().uploadArtifact(name, [...files], root, options)));
  if (!sent.ok) return sent;
  return sent.value.id === undefined ? err(unavailable('the artifact service gave no id')) : ok(undefined);
};

/** The artifacts this attempt can see whose names begin so. Not `latest`: it relies on ids that rise over attempts. */
export const listArtifacts = async (
  prefix: string,
  listen: Listen,
): Promise<Result<readonly StoredRecord[], StoreTrouble>> => {
  const listed = judge(await listen(() => new DefaultArtifactClient().listArtifacts({ latest: false })));
  if (!listed.ok) return listed;
  const artifacts = listed.value.artifacts.filter(({ name }) => name.startsWith(prefix));
  return ok(artifacts.map(({ name, id, digest }) => ({ name, id, ...(digest !== undefined && { digest }) })));
};

/** Unpacks an artifact into a folder. The toolkit only mentions that an artifact arrived damaged; here it is an error. */
export const downloadArtifact = async (
  { id, digest, folder }: WantedRecord,
  listen: Listen,
): Promise<Result<undefined, StoreTrouble>> => {
  const options = { path: folder, ...(digest !== undefined && { expectedHash: digest }) };
  const got = judge(await listen(() => new DefaultArtifactClient().downloadArtifact(id, options)));
  if (!got.ok) return got;
  return got.value.digestMismatch === true ? err(unavailable('the artifact was damaged on its way')) : ok(undefined);
};

const judge = <T>({ outcome, words }: Heard<T>): Result<T, StoreTrouble> =>
  outcome.ok ? outcome : err(troubleOf('artifact', words));
