// Run by Node 24 with a folder for archives and a number of rounds; on standard input JSON: workspaces by label, each a
// folder and the files of it that change. Prints milliseconds by label: a restore, and tar alone with the same archive.
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import '../../scripts/typescript-sources.mjs';

const { findGnuTar } = await import('../../src/snapshot/tar/run-tar.ts');
const { packArchive } = await import('../../src/snapshot/pack-archive.ts');
const { restoreTree } = await import('../../src/snapshot/restore/restore-tree.ts');
const { takeArchive, takeListing } = await import('../../src/snapshot/take-archive.ts');
const { openStored } = await import('../../src/snapshot/sealed/unpack-file.ts');

const [, , folder, rounds] = process.argv;
const scope = { include: ['.'], exclude: [], workDir: '.work' };

const main = async () => {
  const tar = await findGnuTar(process.env);
  const contenders = [];
  for (const [label, workspace] of Object.entries(JSON.parse(readFileSync(0, 'utf8')))) {
    const archive = await archiveOf(tar, workspace, join(folder, label));
    const empty = join(folder, label, 'empty');
    contenders.push(
      [label, () => restore(workspace, archive)],
      [`${label}, tar over it`, () => unpack(workspace.folder, archive)],
      [`${label}, tar`, () => unpack(empty, archive), empty],
    );
  }
  const times = Object.fromEntries(contenders.map(([name]) => [name, []]));
  for (let round = 0; round < Number(rounds); round++) {
    for (const [name, work, empty] of round % 2 === 0 ? contenders : contenders.toReversed()) {
      if (empty !== undefined) mkdirSync(empty);
      times[name].push(await timed(work));
      if (empty !== undefined) rmSync(empty, { recursive: true });
    }
  }
  return times;
};

/** The archive of a step that rewrote all these files: stored as in a checkpoint, and plain. */
const archiveOf = async (tar, { folder: workspace, changed }, place) => {
  mkdirSync(place);
  const [before, after, tarFile] = ['before', 'after', 'raw.tar'].map((name) => join(place, name));
  valueOf(await takeListing({ tar, workspace, scope, listing: before }));
  for (const file of changed) writeFileSync(file, readFileSync(file));
  valueOf(await takeArchive({ tar, workspace, scope, before, after, target: tarFile }));
  const job = { tarFile, before, after, scope, unreadable: [], folder: place, name: '1', compression: 'zstd' };
  const { tree: stored } = valueOf(await packArchive(job, { secrets: [] }));
  const file = join(place, stored.name);
  const plain = join(place, 'plain.tar');
  await pipeline(valueOf(await openStored(file, stored)), createWriteStream(plain));
  return { file, stored, plain };
};

/** The staging folder is on the workspace's file system, as in a job. */
const restore = async ({ folder: workspace, changed }, { file, stored }) => {
  const outcome = await restoreTree({
    links: [{ tree: { file, stored } }],
    workspace,
    staging: join(dirname(workspace), 'staging'),
    scope,
    mapPath: { from: [], to: { workspace: '', temp: '', tool_cache: '' } },
  });
  if (outcome.files < changed.length || outcome.kind !== 'restored') throw new Error(JSON.stringify(outcome));
};

const unpack = (target, { plain }) => {
  const { status, stderr } = spawnSync('tar', ['-x', '-p', '-f', plain, '-C', target], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`tar ended with ${status}: ${stderr}`);
};

const timed = async (work) => {
  const from = performance.now();
  await work();
  return performance.now() - from;
};

const valueOf = (result) => {
  if (!result.ok) throw new Error(result.error);
  return result.value;
};

console.log(JSON.stringify(await main()));
