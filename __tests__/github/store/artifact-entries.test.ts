import { expect, test } from 'vitest';
import type { StoredArtifact } from '../../../src/github/store/worker-protocol.js';
import { errorOf, newTempFolder, valueOf } from '../../machine/temp-folder.js';
import { startGitHub } from '../../rig/github/start-github.js';
import { newStoreRig, type StoreRig } from '../store-rig.js';

const upload = async (rig: StoreRig, name: string, content: string): Promise<number> => {
  using folder = newTempFolder();
  const given = { name, files: [folder.write('logs/a.log', content)], root: folder.path, retentionDays: 5 };
  return valueOf(await rig.store.ask({ call: 'uploadArtifact', given })).id;
};

const list = async (rig: StoreRig): Promise<readonly StoredArtifact[]> =>
  valueOf(await rig.store.ask({ call: 'listArtifacts', given: undefined }));

test('an artifact comes back with its files, and what is not what was stored is an error', async () => {
  await using github = await startGitHub();
  await using rig = newStoreRig(github.environment({ runId: '1', attempt: 1 }));
  using target = newTempFolder();
  const id = await upload(rig, 'state-1', 'one');
  const [artifact] = await list(rig);
  expect(artifact).toEqual({ name: 'state-1', id, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string });
  const wanted = { id, digest: artifact?.digest ?? '', folder: target.at('got') };
  expect(await rig.store.ask({ call: 'downloadArtifact', given: wanted })).toEqual({ ok: true });
  expect(target.read('got/logs/a.log')).toBe('one');
  const other = { ...wanted, digest: `sha256:${'0'.repeat(64)}` };
  expect(errorOf(await rig.store.ask({ call: 'downloadArtifact', given: other }))).toEqual({
    kind: 'unavailable',
    message: 'the artifact was damaged on its way',
  });
});

test('artifacts of one name from two attempts are both listed, each with its own content', async () => {
  await using github = await startGitHub();
  const contents: Record<number, string> = {};
  for (const attempt of [1, 2]) {
    await using rig = newStoreRig(github.environment({ runId: '1', attempt }));
    contents[await upload(rig, 'state', `of attempt ${attempt}`)] = `of attempt ${attempt}`;
  }
  await using rig = newStoreRig(github.environment({ runId: '1', attempt: 3 }));
  using target = newTempFolder();
  const listed = await list(rig);
  expect(listed.map(({ name }) => name)).toEqual(['state', 'state']);
  for (const { id } of listed) {
    valueOf(await rig.store.ask({ call: 'downloadArtifact', given: { id, folder: target.at(String(id)) } }));
    expect(target.read(`${id}/logs/a.log`)).toBe(contents[id]);
  }
});

test('a name that this attempt has used is taken, and an artifact that is not there is unavailable', async () => {
  await using github = await startGitHub();
  await using rig = newStoreRig(github.environment({ runId: '1', attempt: 1 }));
  using folder = newTempFolder();
  await upload(rig, 'state', 'one');
  const given = { name: 'state', files: [folder.write('a.log')], root: folder.path };
  expect(errorOf(await rig.store.ask({ call: 'uploadArtifact', given })).kind).toBe('taken');
  const missing = await rig.store.ask({ call: 'downloadArtifact', given: { id: 999_999, folder: folder.path } });
  expect(errorOf(missing)).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('999999') as string });
});
