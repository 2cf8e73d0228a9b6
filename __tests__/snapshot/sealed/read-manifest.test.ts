import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Compression } from '../../../src/checkpoint/manifest.js';
import { packPlainFile } from '../../../src/snapshot/pack-archive.js';
import { readManifest, type PartSeal } from '../../../src/snapshot/sealed/read-manifest.js';
import { deriveSealKey } from '../../../src/snapshot/sealed/sealed-file.js';
import { bestCompression } from '../../../src/snapshot/sealed/stored-file.js';
import { newTempFolder, valueOf, type TempFolder } from '../../machine/temp-folder.js';

const seal: PartSeal = { passphrase: 'word', context: { run: '1', leg: 'a', attempt: 1, sequence: 1 } };

const writeSealed = async (folder: TempFolder, compression: Compression): Promise<void> => {
  const key = await deriveSealKey('word');
  const context = { ...seal.context, part: 'manifest.sealed' };
  const source = folder.write('source', '{"a": 1}');
  valueOf(await packPlainFile(source, { target: folder.at('manifest.sealed'), compression, seal: { key, context } }));
};

test('an open manifest is read as it is', async () => {
  using folder = newTempFolder();
  folder.write('manifest.json', '{"a": 1}');
  expect(valueOf(await readManifest(folder.path, undefined))).toEqual({ text: '{"a": 1}' });
});

test.each<Compression>(['gzip', bestCompression()])(
  'a sealed manifest is opened with its key: %s',
  async (compression) => {
    using folder = newTempFolder();
    await writeSealed(folder, compression);
    expect(valueOf(await readManifest(folder.path, seal))).toEqual({ text: '{"a": 1}' });
  },
);

describe('the problem is said', () => {
  test('of a part without a manifest', async () => {
    using folder = newTempFolder();
    expect(valueOf(await readManifest(folder.at('absent'), undefined))).toEqual({ problem: 'it holds no manifest' });
    expect(valueOf(await readManifest(folder.path, seal))).toEqual({ problem: 'it holds no manifest' });
  });

  test('of a sealed one without a key, and of an open one that has to be sealed', async () => {
    using sealed = newTempFolder();
    await writeSealed(sealed, 'gzip');
    expect(valueOf(await readManifest(sealed.path, undefined)).problem).toContain('has no "encryption-key"');
    using open = newTempFolder();
    open.write('manifest.json', '{}');
    expect(valueOf(await readManifest(open.path, seal)).problem).toContain('not encrypted');
  });

  test('of another key, another place, and damage', async () => {
    using folder = newTempFolder();
    await writeSealed(folder, 'gzip');
    const problemOf = async (other: PartSeal): Promise<string | undefined> =>
      valueOf(await readManifest(folder.path, other)).problem;
    expect(await problemOf({ ...seal, passphrase: 'other' })).toContain('wrong key or damaged');
    expect(await problemOf({ ...seal, context: { ...seal.context, sequence: 2 } })).toContain('wrong key or damaged');
    folder.write('manifest.sealed', 'not sealed at all, but long enough to have a header of its own, one would think');
    expect(await problemOf(seal)).toContain('cannot be opened');
  });

  test('of a link and of a folder in its place', async () => {
    using folder = newTempFolder();
    symlinkSync(folder.write('elsewhere', '{}'), folder.at('manifest.json'));
    mkdirSync(join(folder.path, 'manifest.sealed'));
    for (const given of [undefined, seal]) {
      expect(valueOf(await readManifest(folder.path, given)).problem).toBe('its manifest is not a regular file');
    }
  });
});
