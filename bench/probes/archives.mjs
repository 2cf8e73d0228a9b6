// Run by Node 24 with a folder for archives, a workspace, a number of rounds and the files to change, one per line on
// standard input. Prints milliseconds: our archive of changes and its alternatives, in turn.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import '../../scripts/typescript-sources.mjs';

const { findGnuTar } = await import('../../src/snapshot/tar/run-tar.ts');
const { packArchive } = await import('../../src/snapshot/pack-archive.ts');
const { takeArchive, takeListing } = await import('../../src/snapshot/take-archive.ts');

const [, , folder, workspace, rounds, restic] = process.argv;
const changed = readFileSync(0, 'utf8').split('\n');
const at = (name) => join(folder, name);
const scope = { include: ['.'], exclude: [], workDir: '.work' };

const main = async () => {
  const tar = await findGnuTar(process.env);
  const job = { tar, workspace, scope };
  const listing = await timed(() => takeListing({ ...job, listing: at('before') }));
  const same = await argumentsOfOurTar(job);
  const contenders = [
    ['take', () => takeArchive({ ...job, before: at('before'), after: at('after'), target: at('ours.tar') })],
    ['tar', () => run(tar.program, same)],
    ['bareTar', () => run(tar.program, bareTar())],
    [
      'tarZstd',
      () =>
        run('bash', [
          '-c',
          `set -o pipefail; tar -c --posix -C "$1" . | zstd -T0 -q -f -o "$2"`,
          'bash',
          workspace,
          at('all.tar.zst'),
        ]),
    ],
    ...(restic === undefined ? [] : [['restic', () => run(restic, ['backup', '--quiet', '.'])]]),
  ];
  if (restic !== undefined)
    for (const words of [
      ['init', '--quiet'],
      ['backup', '--quiet', '.'],
    ])
      run(restic, words);
  const times = Object.fromEntries(contenders.map(([name]) => [name, []]));
  for (let round = 0; round < Number(rounds); round++) {
    for (const [name, work] of round % 2 === 0 ? contenders : contenders.toReversed()) {
      changeFiles();
      copyFileSync(at('before'), at('alone'));
      times[name].push(await timed(work));
    }
  }
  const packing = await timed(pack);
  return { ...times, listing: [listing], pack: [packing], archiveBytes: statSync(at('ours.tar')).size };
};

const changeFiles = () => {
  for (const file of changed) writeFileSync(file, readFileSync(file));
};

/** The tar command of takeArchive, recorded by a tar that writes its arguments down, with its own files. */
const argumentsOfOurTar = async (job) => {
  const program = at('noting-tar');
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$@" > "${at('arguments')}"\nexec "${job.tar.program}" "$@"\n`);
  chmodSync(program, 0o755);
  const noting = { ...job, tar: { ...job.tar, program } };
  await timed(() => takeArchive({ ...noting, before: at('before'), after: at('noted'), target: at('noted.tar') }));
  const noted = readFileSync(at('arguments'), 'utf8').trimEnd().split('\n');
  return noted.map((word) => word.replace(at('noted.tar'), at('alone.tar')).replace(at('noted'), at('alone')));
};

const bareTar = () => [
  ...['--create', '--sparse', '--format=posix', `--listed-incremental=${at('alone')}`, `--file=${at('alone.tar')}`],
  ...['-C', workspace, '--anchored', '--exclude=./.git', '.'],
];

const pack = () =>
  packArchive(
    {
      tarFile: at('ours.tar'),
      before: at('before'),
      after: at('after'),
      scope,
      unreadable: [],
      folder,
      name: '1',
      compression: 'zstd',
    },
    { secrets: ['a-secret-that-is-nowhere', 'another-one-of-them'] },
  );

/** A failed contender would look fast. */
const timed = async (work) => {
  const from = performance.now();
  const result = await work();
  const ms = performance.now() - from;
  if (!result.ok) throw new Error(result.error);
  return ms;
};

const run = (program, args) => {
  const env = {
    ...process.env,
    RESTIC_REPOSITORY: at('restic'),
    RESTIC_PASSWORD: 'bench',
    RESTIC_CACHE_DIR: at('cache'),
  };
  const { status, stderr } = spawnSync(program, args, { cwd: workspace, env, encoding: 'utf8' });
  return { ok: status === 0, error: `${program} ended with ${status}: ${stderr}` };
};

console.log(JSON.stringify(await main()));
