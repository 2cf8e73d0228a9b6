import { formatKey } from '../../src/checkpoint/checkpoint-key.js';
import type { Manifest, StoredFile } from '../../src/checkpoint/manifest.js';

const LEG = { os: 'linux', arch: 'x64', runId: '7001', leg: '0123456789abcdef' };

/** A stored file of the job of `checkpointManifest`. */
export const storedFile = (name: string, details: Partial<StoredFile> = {}): StoredFile => ({
  key: formatKey({ ...LEG, attempt: 1, sequence: 3, nonce: 'k3x9' }),
  name,
  size_bytes: 1000,
  digest: 'a'.repeat(64),
  compression: 'zstd',
  ...details,
});

/** The manifest of a whole checkpoint with an archive of each sort. */
export const checkpointManifest = (details: Partial<Manifest> = {}): Manifest => ({
  format: 'savepoint-checkpoint',
  version: 1,
  kind: 'checkpoint',
  run_id: LEG.runId,
  leg: LEG.leg,
  attempt: 2,
  sequence: 4,
  os: LEG.os,
  arch: LEG.arch,
  commit: 'abc1234000000000000000000000000000000000',
  saved_at: 1_795_362_417_172,
  machine_paths: [{ workspace: '/w', temp: '/t', tool_cache: '' }],
  journal: storedFile('journal'),
  baseline: storedFile('baseline'),
  chain: [
    { step: 'build', tree: storedFile('000001.tree'), deleted: storedFile('000001.deleted', { compression: 'gzip' }) },
    { step: 'check/lint', tree: storedFile('000002.tree'), concurrent_steps: ['check/test'] },
    { step: 'clean' },
  ],
  must_rerun: { build: 'it changed what git has checked out' },
  ...details,
});

/** The manifest of a marker, which describes the run and holds no files. */
export const markerManifest = (kind: 'finished', details: Partial<Manifest> = {}): Manifest => {
  const { journal: _journal, baseline: _baseline, ...rest } = checkpointManifest(details);
  return { ...rest, kind, chain: [] };
};
