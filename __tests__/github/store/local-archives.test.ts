import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { entryFolder } from '../../../src/checkpoint/checkpoint-key.js';
import { localArchives } from '../../../src/github/store/local-archives.js';
import type { PartSeal } from '../../../src/snapshot/sealed/read-manifest.js';
import { errorOf, newTempFolder, valueOf } from '../../machine/temp-folder.js';
import { aPart, newStoreRig, NO_STORE } from '../store-rig.js';

const openWorker = () => {
  const rig = newStoreRig(NO_STORE);
  return { archives: rig.archives, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
};

const openHere = () => ({ archives: localArchives(), [Symbol.asyncDispose]: () => Promise.resolve() });

describe.each([
  ['in the worker process', openWorker],
  ['in this process', openHere],
] as const)('archives %s', (_where, open) => {
  test('are packed, sealed and unpacked again without any network', async () => {
    await using rig = open();
    using temp = newTempFolder();
    const part = aPart();
    const seal: PartSeal = { passphrase: 'word', context: { run: '77', leg: 'abc', attempt: 1, sequence: 1 } };
    const folder = temp.at(entryFolder(part));
    mkdirSync(folder);
    const pack = (file: string, name: string) =>
      rig.archives.packFile({ file, folder, name, compression: 'gzip', seal });
    valueOf(await pack(temp.write('manifest', '{"a": 1}'), 'manifest.sealed'));
    expect(valueOf(await rig.archives.readManifest({ folder, seal }))).toEqual({ text: '{"a": 1}' });
    const journal = valueOf(await pack(temp.write('journal.jsonl', 'events'), 'journal'));
    expect(readFileSync(join(folder, 'journal'), 'utf8')).not.toContain('events');
    const file = {
      file: join(folder, 'journal'),
      stored: { key: part.key, ...journal },
      seal: { ...seal.context, part: 'journal' },
    };
    valueOf(await rig.archives.unpackFile({ file, target: temp.at('back'), passphrase: 'word' }));
    expect(temp.read('back')).toBe('events');
  });

  test('have trouble with the disk like a store has trouble', async () => {
    await using rig = open();
    const file = { file: '/nowhere/file', folder: '/nowhere', name: 'a', compression: 'gzip' } as const;
    expect(errorOf(await rig.archives.packFile(file)).kind).toBe('unavailable');
  });
});
