import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { restoreTree } from '../../../src/snapshot/restore/restore-tree.js';
import { describeTree } from '../../machine/describe-tree.js';
import { buildChain, newTwoMachines, restoreJob, restoreNext, type TwoMachines } from '../restore-rig.js';
import { newTempFolder } from '../../machine/temp-folder.js';
import { canRunUnprivileged, runUnprivileged } from '../../machine/unprivileged.js';

const OWN = { without: ['.work'] };

/** Expects that the second workspace equals the first. */
const expectSame = ({ archives, nextWorkspace }: TwoMachines): void => {
  expect(describeTree(nextWorkspace, OWN)).toEqual(describeTree(archives.workspace, OWN));
};

describe('a restore', () => {
  test('brings back files, modes, times, links, holes and empty folders', async () => {
    using machines = await newTwoMachines(({ write }) => {
      write('src/a.ts');
      chmodSync(write('src/mode-only'), 0o644);
    });
    const { inside, write } = machines.archives;
    chmodSync(write('bin/run', '#!/bin/sh\n'), 0o4751);
    utimesSync(write('dated'), 1e9, 1e9 + 0.123456);
    linkSync(inside('dated'), inside('same'));
    symlinkSync('nowhere/at all', inside('dangling'));
    symlinkSync('src', inside('to-folder'));
    truncateSync(write('sparse', 'x'), 64 * 1024 ** 2);
    mkdirSync(inside('empty/inner'), { recursive: true });
    chmodSync(inside('empty'), 0o500);
    chmodSync(inside('src/mode-only'), 0o600);
    write('src/a.ts', 'changed');
    execFileSync('mkfifo', [inside('fifo')]);
    await machines.endStep();
    expect(await restoreNext(machines)).toMatchObject({ kind: 'restored', files: 9, deleted: 0 });
    expectSame(machines);
    const sparse = lstatSync(join(machines.nextWorkspace, 'sparse'));
    expect(sparse.blocks * 512).toBeLessThan(1_000_000);
    const time = (workspace: string) => lstatSync(join(workspace, 'src/a.ts'), { bigint: true }).mtimeNs;
    expect(time(machines.nextWorkspace)).toBe(time(machines.archives.workspace));
    expect(existsSync(join(machines.nextWorkspace, '.work/staging'))).toBe(false);
  });

  test('deletes what steps deleted, over several archives, also what is then something else', async () => {
    using machines = await newTwoMachines(({ write, inside }) => {
      for (const name of ['gone', 'dir/a', 'dir/b/c', 'swap-1', 'swap-2/x', 'moved/deep/file']) write(name);
      symlinkSync('dir', inside('link'));
    });
    const { inside, write } = machines.archives;
    rmSync(inside('gone'));
    rmSync(inside('dir/b'), { recursive: true });
    rmSync(inside('swap-1'));
    write('swap-1/now/a/folder');
    rmSync(inside('swap-2'), { recursive: true });
    write('swap-2', 'now a file');
    write('short-lived/x');
    await machines.endStep();
    renameSync(inside('moved'), inside('elsewhere'));
    rmSync(inside('short-lived'), { recursive: true });
    rmSync(inside('swap-1'), { recursive: true });
    write('swap-1', 'a file again');
    rmSync(inside('link'));
    write('link/is/a/folder');
    await machines.endStep();
    rmSync(inside('swap-2'));
    mkdirSync(inside('swap-2'));
    write('gone', 'back');
    await machines.endStep();
    expect(await restoreNext(machines)).toMatchObject({ kind: 'restored' });
    expectSame(machines);
  });

  test('maps absolute targets of links to this machine', async () => {
    using machines = await newTwoMachines();
    const { inside, workspace } = machines.archives;
    symlinkSync(`${workspace}/unchanged`, inside('absolute'));
    symlinkSync('/usr/bin', inside('elsewhere'));
    symlinkSync('unchanged', inside('relative'));
    execFileSync('cp', ['--archive', '--link', inside('absolute'), inside('second-name')]);
    await machines.endStep();
    const places = (root: string) => ({ workspace: root, temp: '', tool_cache: '' });
    const mapPath = { from: [places(workspace)], to: places(machines.nextWorkspace) };
    expect(await restoreNext(machines, { mapPath })).toMatchObject({ kind: 'restored', files: 4 });
    const target = (name: string) => readlinkSync(join(machines.nextWorkspace, name));
    expect(['absolute', 'second-name', 'elsewhere', 'relative'].map(target)).toEqual([
      `${machines.nextWorkspace}/unchanged`,
      `${machines.nextWorkspace}/unchanged`,
      '/usr/bin',
      'unchanged',
    ]);
  });

  test('brings back a node_modules of 2,000 files, and names of any bytes', async () => {
    using machines = await newTwoMachines();
    const { inside, write } = machines.archives;
    for (let i = 0; i < 2000; i += 1) write(`node_modules/p${i % 100}/lib/f${i}.js`, `${i}`);
    mkdirSync(inside('node_modules/.bin'));
    symlinkSync('../p1/lib/f1.js', inside('node_modules/.bin/f1'));
    for (const name of [[0xff, 0xfe], [0x0a, 0x5c, 0x6e], [...Buffer.from('ünï')]]) {
      const path = Buffer.concat([Buffer.from(inside('')), Buffer.from(name)]);
      writeFileSync(path, 'odd');
    }
    write(`${'long/'.repeat(60)}file`);
    await machines.endStep();
    expect(await restoreNext(machines)).toMatchObject({ kind: 'restored', files: 2005 });
    expectSame(machines);
  });

  test('leaves what the new attempt has and no step touched', async () => {
    using machines = await newTwoMachines(({ write }) => {
      write('dir/old');
      write('kept/file');
      write('tool');
    });
    const { inside, write } = machines.archives;
    rmSync(inside('dir'), { recursive: true });
    rmSync(inside('tool'));
    write('kept/new', 'new');
    await machines.endStep();
    const { next } = machines;
    next.write('workspace/dir/mine');
    next.write('workspace/gha-creds-xyz.json');
    mkdirSync(next.at('outside'));
    symlinkSync(next.at('outside'), next.at('workspace/to-outside'));
    rmSync(next.at('workspace/tool'));
    next.write('workspace/tool/bin/run');
    expect(await restoreNext(machines)).toEqual({ kind: 'restored', files: 1, deleted: 1, bytes: 3 });
    const left = describeTree(machines.nextWorkspace, OWN).map((line) => line.split(' ', 2).join(' '));
    expect(left).toEqual([
      'dir folder',
      'dir/mine file',
      'gha-creds-xyz.json file',
      'kept folder',
      'kept/file file',
      'kept/new file',
      'to-outside link',
      'tool folder',
      'tool/bin folder',
      'tool/bin/run file',
      'unchanged file',
    ]);
  });

  test('does not reset the looks of folders in which it only replaces files', async () => {
    using machines = await newTwoMachines(({ write }) => write('dir/a'));
    machines.archives.write('dir/a', 'changed');
    await machines.endStep();
    const dir = join(machines.nextWorkspace, 'dir');
    chmodSync(dir, 0o711);
    utimesSync(dir, 1e9, 1e9);
    expect(await restoreNext(machines)).toMatchObject({ kind: 'restored', files: 1 });
    const { mode, mtimeMs } = lstatSync(dir);
    expect([mode & 0o7777, mtimeMs]).toEqual([0o711, 1e12]);
    expect(readFileSync(join(dir, 'a'), 'utf8')).toBe('changed');
  });

  test('of an empty chain changes nothing', async () => {
    using temp = newTempFolder();
    temp.write('workspace/a');
    const before = describeTree(temp.at('workspace'));
    expect(await restoreTree(restoreJob(temp, []))).toEqual({ kind: 'restored', files: 0, deleted: 0, bytes: 0 });
    expect(describeTree(temp.at('workspace'), { without: ['.work'] })).toEqual(before);
  });
});

describe('a refused restore leaves the workspace as it was', () => {
  test('when the staging folder holds something', async () => {
    using temp = newTempFolder();
    temp.write('workspace/.work/staging/displaced/1');
    const outcome = await restoreTree(restoreJob(temp, []));
    expect(outcome).toMatchObject({ kind: 'refused', because: expect.stringContaining('earlier restore') as unknown });
    expect(existsSync(temp.at('workspace/.work/staging/displaced/1'))).toBe(true);
  });

  test('at whatever file it fails', async () => {
    using temp = newTempFolder();
    const names = ['a', 'b', 'dir/c', 'dir/sub/d', 'e', 'new/f', 'z'];
    const tree = names.map((name) => ({ name, content: 'restored' }));
    const looks = { name: 'dir', type: 'folder', mode: 0o700 } as const;
    const deleted = [
      { name: 'gone/x', kind: 'other' },
      { name: 'gone', kind: 'folder' },
    ] as const;
    const links = await buildChain(temp, [{ tree: [looks, ...tree], deleted }]);
    for (const obstacle of names) {
      rmSync(temp.at('workspace'), { recursive: true, force: true });
      for (const name of ['a', 'dir/c', 'e', 'gone/x', 'other']) temp.write(`workspace/${name}`);
      rmSync(temp.at(`workspace/${obstacle}`), { force: true });
      mkdirSync(temp.at(`workspace/${obstacle}`), { recursive: true });
      for (const folder of ['', 'dir', 'gone']) utimesSync(temp.at(`workspace/${folder}`), 1e9, 1e9);
      const before = describeTree(temp.at('workspace'));
      expect(await restoreTree(restoreJob(temp, links, { staging: temp.at('staging') }))).toEqual({
        kind: 'refused',
        because: `"${obstacle}" is a folder here but not in the checkpoint`,
      });
      expect(describeTree(temp.at('workspace'))).toEqual(before);
      expect(existsSync(temp.at('staging'))).toBe(false);
    }
  });

  test('when it would go through a link', async () => {
    using temp = newTempFolder();
    temp.write('outside/kept');
    temp.write('workspace/a');
    symlinkSync(temp.at('outside'), temp.at('workspace/dir'));
    const state = () => [temp.at('workspace'), temp.at('outside')].map((folder) => describeTree(folder));
    const before = state();
    const links = await buildChain(temp, [{ tree: [{ name: 'a' }, { name: 'dir/x' }] }]);
    expect(await restoreTree(restoreJob(temp, links, { staging: temp.at('staging') }))).toEqual({
      kind: 'refused',
      because: '"dir" is a link here and a folder in the checkpoint',
    });
    expect(state()).toEqual(before);
  });

  test('when a stored file is damaged, also after good ones', async () => {
    using temp = newTempFolder();
    temp.write('workspace/a');
    const before = describeTree(temp.at('workspace'));
    const links = await buildChain(temp, [{ tree: [{ name: 'a' }] }, { tree: [{ name: 'b' }] }]);
    truncateSync(links[1]?.tree?.file ?? '', 50);
    const outcome = await restoreTree(restoreJob(temp, links, { staging: temp.at('staging') }));
    expect(outcome).toMatchObject({ because: expect.stringContaining('"1.tree" is damaged') as unknown });
    expect(describeTree(temp.at('workspace'))).toEqual(before);
    expect(existsSync(temp.at('staging'))).toBe(false);
  });

  const isRoot = process.getuid?.() === 0;
  test.skipIf(!isRoot || !canRunUnprivileged())('when a folder in the middle is not ours to change', async () => {
    using temp = newTempFolder();
    const tree = ['a', 'closed/b', 'open/c'].map((name) => ({ name }));
    const links = await buildChain(temp, [{ tree, deleted: [{ name: 'z/gone', kind: 'other' }] }]);
    for (const name of ['a', 'open/c', 'z/gone', '.work/x', 'closed/x']) temp.write(`workspace/${name}`);
    chmodSync(temp.path, 0o755);
    chmodSync(temp.at('workspace/z'), 0o555);
    execFileSync('chown', ['-R', '65534', temp.at('workspace')]);
    chownSync(temp.at('workspace/closed'), 0, 0);
    const before = describeTree(temp.at('workspace'), OWN);
    const outcome = runUnprivileged(`
      import { restoreTree } from 'src/snapshot/restore/restore-tree.js';
      console.log(JSON.stringify(await restoreTree(${JSON.stringify(restoreJob(temp, links))})));
    `);
    expect(JSON.parse(outcome)).toMatchObject({ because: expect.stringContaining('EACCES') as unknown });
    expect(describeTree(temp.at('workspace'), OWN)).toEqual(before);
  });
});

test.skipIf(!canRunUnprivileged())('a user who is not root restores what is in read-only folders', async () => {
  using temp = newTempFolder();
  const tree = [
    { name: 'mod', type: 'folder', mode: 0o555 },
    { name: 'mod/new', mode: 0o444 },
    { name: 'fresh', type: 'folder', mode: 0o555 },
    { name: 'fresh/file', mode: 0o444 },
  ] as const;
  const links = await buildChain(temp, [
    { tree, deleted: [{ name: 'mod/old', kind: 'other' }] },
    { tree: [{ name: 'fresh/file', mode: 0o444, content: 'later' }] },
  ]);
  chmodSync(temp.path, 0o777);
  const said = runUnprivileged(`
    import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
    import { restoreTree } from 'src/snapshot/restore/restore-tree.js';
    const job = ${JSON.stringify(restoreJob(temp, links))};
    for (const folder of ['', '/mod', '/.work']) mkdirSync(job.workspace + folder);
    writeFileSync(job.workspace + '/mod/old', '');
    chmodSync(job.workspace + '/mod', 0o555);
    console.log(JSON.stringify(await restoreTree(job)));
  `);
  expect(JSON.parse(said)).toEqual({ kind: 'restored', files: 2, deleted: 1, bytes: 5 });
  expect(describeTree(temp.at('workspace'), OWN).map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
    'fresh folder 555',
    'fresh/file file 444',
    'mod folder 555',
    'mod/new file 444',
  ]);
  expect(temp.read('workspace/fresh/file')).toBe('later');
});
