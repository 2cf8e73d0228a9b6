import { expect, test } from 'vitest';
import { errorOf, newTempFolder, valueOf } from '../../machine/temp-folder.js';
import { startGitHub } from '../../rig/github/start-github.js';
import { newStoreRig } from '../store-rig.js';

test('an artifact that arrives damaged, or is not there, is said in one line', async () => {
  await using github = await startGitHub();
  await using rig = newStoreRig(github.environment({ runId: '1', attempt: 1 }));
  using folder = newTempFolder();
  valueOf(await rig.records.save({ name: 'state', files: [folder.write('a.log')], root: folder.path }));
  const [{ id } = { id: 0 }] = valueOf(await rig.records.list('state'));
  const damaged = await rig.records.download({ id, digest: `sha256:${'0'.repeat(64)}`, folder: folder.at('got') });
  expect(errorOf(damaged)).toEqual({ kind: 'unavailable', message: 'the artifact was damaged on its way' });
  const missing = await rig.records.download({ id: 999_999, folder: folder.path });
  expect(errorOf(missing)).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('999999') as string });
});

test('a connection that breaks is an error that names the artifact service', async () => {
  await using github = await startGitHub();
  await using rig = newStoreRig(github.environment({ runId: '1', attempt: 1 }));
  using folder = newTempFolder();
  github.fault({ on: 'both', kind: 'connection-loss' });
  const record = { name: 'state', files: [folder.write('a.log')], root: folder.path };
  for (const asked of [() => rig.records.list('', 1500), () => rig.records.save(record, 1500)])
    expect(errorOf(await asked()).message).toMatch(/^the artifact service /);
});
