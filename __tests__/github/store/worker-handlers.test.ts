import { expect, test } from 'vitest';
import { errorOf } from '../../machine/temp-folder.js';
import { startGitHub } from '../../rig/github/start-github.js';
import { aPart, newStoreRig } from '../store-rig.js';

test('a save is refused before any request while anything but the part of that key lies in the folder', async () => {
  await using github = await startGitHub();
  await using rig = newStoreRig(github.environment({ runId: '1', attempt: 1 }));
  const save = async (key: string): Promise<string> => errorOf(await rig.store.save({ key })).message;
  rig.put(aPart({ sequence: 2 }), { 'manifest.json': '{}' });
  expect(await save(aPart().key)).toContain('has to hold the part of');
  expect(await save('no-key-of-ours')).toContain('has to hold the part of');
  expect([await github.entries(), github.requests]).toEqual([[], []]);
});
