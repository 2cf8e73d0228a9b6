import { existsSync, mkdirSync, readlinkSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Result } from '../../../src/base/result.js';
import type { Deletion } from '../../../src/checkpoint/deletions.js';
import {
  stageChain,
  type ChainToStage,
  type RestoreLink,
  type StagedChain,
} from '../../../src/snapshot/restore/stage-chain.js';
import { EVERYTHING } from '../archives.js';
import { describeTree } from '../../machine/describe-tree.js';
import { buildChain, type BuiltLink } from '../restore-rig.js';
import { storeContent } from '../stored-rig.js';
import { buildTar } from '../../machine/tar-builder.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../../machine/temp-folder.js';

const gone = (...names: string[]): Deletion[] => names.map((name) => ({ name, kind: 'other' }));
const goneFolder = (name: string): Deletion => ({ name, kind: 'folder' });

const stageLinks = (temp: TempFolder, links: readonly RestoreLink[], more: Partial<ChainToStage> = {}) => {
  mkdirSync(temp.at('tree'));
  const tree = Buffer.from(temp.at('tree'));
  return stageChain({ links, scope: EVERYTHING, tar: 'tar', tree, mapTarget: (target) => target, ...more });
};

const stage = async (temp: TempFolder, links: readonly BuiltLink[]): Promise<Result<StagedChain>> =>
  stageLinks(temp, await buildChain(temp, links));

const namesIn = (temp: TempFolder): readonly string[] =>
  describeTree(temp.at('tree')).map((line) => line.split(' ')[0] ?? '');

describe('a staged chain', () => {
  test('is what its archives and deletions add up to', async () => {
    using temp = newTempFolder();
    const staged = await stage(temp, [
      { tree: [{ name: 'd', type: 'folder' }, { name: 'd/a' }, { name: 'b', content: '1' }], deleted: gone('old') },
      { deleted: [...gone('d/a', 'x/y'), goneFolder('d'), goneFolder('x')] },
      { tree: [{ name: 'b', content: '2' }, { name: 'd', content: 'a file now' }, { name: 'old' }] },
    ]);
    const { files, folders, deletions } = valueOf(staged);
    expect(namesIn(temp)).toEqual(['b', 'd', 'old']);
    expect([...files.keys()].sort()).toEqual(['b', 'd', 'old']);
    expect([...folders.keys()]).toEqual([]);
    expect(deletions.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'other d/a',
      'other x/y',
      'folder d',
      'folder x',
    ]);
  });

  test('forgets a deletion only when the name comes again as what it was', async () => {
    using temp = newTempFolder();
    const deleted = [...gone('file', 'file-then-folder'), goneFolder('folder'), goneFolder('folder-then-file')];
    const again = ['folder', 'file-then-folder'].map((name) => ({ name, type: 'folder' as const }));
    const tree = [...again, { name: 'file' }, { name: 'folder-then-file' }];
    const { deletions } = valueOf(await stage(temp, [{ deleted }, { tree }]));
    expect(deletions.map(({ name }) => name)).toEqual(['file-then-folder', 'folder-then-file']);
  });

  test('has its links mapped, but not those that are gone again', async () => {
    using temp = newTempFolder();
    const link = (name: string, linkName: string) => ({ name, linkName, type: 'symlink' as const });
    const links = await buildChain(temp, [
      { tree: [link('old', '/old/x'), link('other', '/other/x'), link('rel', 'old/x'), link('gone', '/old/y')] },
      { deleted: gone('gone') },
    ]);
    const mapTarget = (target: string): string => target.replace('/old', '/new');
    valueOf(await stageLinks(temp, links, { mapTarget }));
    const target = (name: string) => readlinkSync(temp.at(`tree/${name}`));
    expect(['old', 'other', 'rel'].map(target)).toEqual(['/new/x', '/other/x', 'old/x']);
    expect(namesIn(temp)).toEqual(['old', 'other', 'rel']);
  });

  test('of sealed files needs their key', async () => {
    using temp = newTempFolder();
    const context = { run: '1', leg: 'l', attempt: 1, sequence: 1, part: 'a.tree' };
    const seal = { passphrase: 'open', context };
    const tree = await storeContent(buildTar([{ name: 'a' }]), { folder: temp.path, name: 'a.tree', seal });
    expect(errorOf(await stageLinks(temp, [{ tree }]))).toBe('"a.tree" is encrypted, and there is no key');
    using second = newTempFolder();
    expect(errorOf(await stageLinks(second, [{ tree }], { passphrase: 'shut' }))).toContain('wrong key or damaged');
    using third = newTempFolder();
    valueOf(await stageLinks(third, [{ tree }], { passphrase: 'open' }));
    expect(namesIn(third)).toEqual(['a']);
  });
});

describe('a chain is refused', () => {
  const evil = { name: 'x/evil', content: 'evil' };
  const link = (temp: TempFolder) => ({ name: 'x', type: 'symlink', linkName: temp.at('outside') }) as const;

  test('when a later archive goes through a link of an earlier one', async () => {
    using temp = newTempFolder();
    mkdirSync(temp.at('outside'));
    expect(errorOf(await stage(temp, [{ tree: [link(temp)] }, { tree: [evil] }]))).toContain('is not a folder');
    expect(existsSync(temp.at('outside/evil'))).toBe(false);
  });

  test('when it says that such a link was deleted and it was not', async () => {
    using temp = newTempFolder();
    mkdirSync(temp.at('outside'));
    const folder = { name: 'x', type: 'folder' } as const;
    const chain = [{ tree: [link(temp)] }, { deleted: [goneFolder('x')], tree: [folder, evil] }];
    expect(errorOf(await stage(temp, chain))).toContain('"x" is refused');
    expect(existsSync(temp.at('outside/evil'))).toBe(false);
  });

  test('when it would delete what does not belong to it', async () => {
    for (const name of ['../outside', '/etc/passwd', '.git/HEAD', '.work/journal.jsonl', 'gha-creds-1.json', '']) {
      using temp = newTempFolder();
      expect(errorOf(await stage(temp, [{ deleted: gone(name) }]))).toContain('"0.deleted"');
    }
  });

  test('when its list of deletions is damaged', async () => {
    using temp = newTempFolder();
    const deleted = await storeContent(Buffer.from('f a\0f b'), { folder: temp.path, name: 'a.deleted' });
    expect(errorOf(await stageLinks(temp, [{ deleted }]))).toContain('truncated');
  });
});

test('deletions never reach through a link in the tree', async () => {
  using temp = newTempFolder();
  temp.write('outside/kept');
  const tree = [{ name: 'x', type: 'symlink', linkName: temp.at('outside') }] as const;
  valueOf(await stage(temp, [{ tree }, { deleted: gone('x/kept') }]));
  expect(statSync(temp.at('outside/kept')).isFile()).toBe(true);
});

test('a name that is listed as what it is not stays', async () => {
  using temp = newTempFolder();
  const { files } = valueOf(await stage(temp, [{ tree: [{ name: 'a' }] }, { deleted: [goneFolder('a')] }]));
  expect([...files.keys()]).toEqual(['a']);
  expect(namesIn(temp)).toEqual(['a']);
});
