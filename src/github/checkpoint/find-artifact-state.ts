import { join } from 'node:path';
import { readWholeFile } from '../../machine/job/part-folder.js';
import type { GuardedStore } from '../store/guarded-store.js';
import type { JobIdentity } from '../runner/job-identity.js';
import type { Store } from '../store/worker-client.js';

/** Where a record is looked for, and put. */
export type ArtifactStateOptions = {
  readonly store: Store;
  readonly guard: GuardedStore;
  readonly identity: JobIdentity;
  /** Absolute: for files on the way. */
  readonly temp: string;
};

/** The journal in the newest artifact of this leg; undefined when there is none that can be had. */
export const findArtifactState = async (options: ArtifactStateOptions): Promise<Buffer | undefined> => {
  const { store, guard, identity, temp } = options;
  const listed = await guard.ask({
    without: 'every step runs',
    bytes: 0,
    send: (deadlineMs) => store.ask({ call: 'listArtifacts', given: undefined, deadlineMs }),
  });
  if (!listed.ok) return undefined;
  const newest = newestOf(listed.value, artifactPrefix(identity));
  if (newest === undefined) return undefined;
  const { name: _, ...artifact } = newest;
  const folder = join(temp, 'artifact');
  const fetched = await guard.ask({
    without: 'every step runs',
    bytes: 0,
    send: (deadlineMs) => store.ask({ call: 'downloadArtifact', given: { ...artifact, folder }, deadlineMs }),
  });
  const bytes = fetched.ok ? readWholeFile(join(folder, 'journal.jsonl')) : undefined;
  return bytes?.ok === true ? bytes.value : undefined;
};

/** How the names of a leg's artifacts begin. */
export const artifactPrefix = ({ leg }: Pick<JobIdentity, 'leg'>): string => `savepoint-${leg}-`;

/** Names tell their age; ids do not rise over attempts. The digits have the same length in each name. */
const newestOf = <T extends { readonly name: string }>(artifacts: readonly T[], prefix: string): T | undefined =>
  artifacts
    .filter(({ name }) => name.startsWith(prefix))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .at(-1);
