import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { entryFolder } from '../../../src/checkpoint/checkpoint-key.js';
import type { PartSeal } from '../../../src/snapshot/sealed/read-manifest.js';
import { errorOf, newTempFolder, valueOf } from '../../machine/temp-folder.js';
import { startGitHub } from '../../rig/github/start-github.js';
import { aPart, newStoreRig, NO_STORE } from '../store-rig.js';

describe('a save', () => {
  test('is refused while anything but the part of that key lies in the folder', async () => {
    await using github = await startGitHub();
    await using rig = newStoreRig(github.environment({ runId: '1', attempt: 1 }));
    const save = async (key: string): Promise<string> =>
      errorOf(await rig.store.ask({ call: 'save', given: { key } })).message;
    rig.put(aPart({ sequence: 2 }), { 'manifest.json': '{}' });
    expect(await save(aPart().key)).toContain('has to hold the part of');
    expect(await save('no-key-of-ours')).toContain('has to hold the part of');
    expect(await github.entries()).toEqual([]);
  });
});

test('files are packed, sealed and unpacked again without any network', async () => {
  await using rig = newStoreRig(NO_STORE);
  using temp = newTempFolder();
  const part = aPart();
  const seal: PartSeal = { passphrase: 'word', context: { run: '77', leg: 'abc', attempt: 1, sequence: 1 } };
  rig.put(part, { keep: '' });
  const folder = join(rig.folder, 'checkpoint', entryFolder(part));
  const pack = (file: string, name: string) =>
    rig.store.ask({ call: 'packFile', given: { file, folder, name, compression: 'gzip', seal } });
  valueOf(await pack(temp.write('manifest', '{"a": 1}'), 'manifest.sealed'));
  expect(valueOf(await rig.store.ask({ call: 'readManifest', given: { folder, seal } }))).toEqual({ text: '{"a": 1}' });
  const journal = valueOf(await pack(temp.write('journal.jsonl', 'events'), 'journal'));
  expect(readFileSync(join(folder, 'journal'), 'utf8')).not.toContain('events');
  const file = {
    file: join(folder, 'journal'),
    stored: { key: part.key, ...journal },
    seal: { ...seal.context, part: 'journal' },
  };
  const given = { file, target: temp.at('back'), passphrase: 'word' };
  expect(await rig.store.ask({ call: 'unpackFile', given })).toEqual({ ok: true });
  expect(temp.read('back')).toBe('events');
});

test('trouble with the disk is trouble of the store', async () => {
  await using rig = newStoreRig(NO_STORE);
  const given = { file: '/nowhere/file', folder: '/nowhere', name: 'a', compression: 'gzip' } as const;
  expect(errorOf(await rig.store.ask({ call: 'packFile', given })).kind).toBe('unavailable');
});
