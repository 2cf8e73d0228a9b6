import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { ArchiveScope } from '../../src/checkpoint/archive-scope.js';
import { decodeDeletions } from '../../src/checkpoint/deletions.js';
import { findGnuTar, type GnuTar } from '../../src/snapshot/tar/run-tar.js';
import { packArchive, type PackedArchive, type PackJob, type PackPrivacy } from '../../src/snapshot/pack-archive.js';
import { takeArchive, takeListing, type TarReport } from '../../src/snapshot/take-archive.js';
import { newTempFolder, valueOf, type TempFolder } from '../machine/temp-folder.js';
import { until } from '../machine/until.js';

/** The scope of a whole workspace. */
export const EVERYTHING: ArchiveScope = { include: ['.'], exclude: [], workDir: '.work' };

/** A workspace in a temporary folder, and its archives next to it. */
export type Archives = {
  readonly temp: TempFolder;
  readonly workspace: string;
  /** Writes a file of the workspace. */
  readonly write: (name: string, content?: string | Buffer) => string;
  readonly inside: (name: string) => string;
  readonly tar: GnuTar;
  /** Files of the latest archive. */
  readonly latest: () => { readonly before: string; readonly after: string; readonly target: string };
  /** Lists the workspace: the next archive holds later changes. */
  readonly list: () => Promise<TarReport>;
  readonly take: () => Promise<TarReport>;
  readonly pack: (privacy?: Partial<PackPrivacy>, job?: Partial<PackJob>) => Promise<PackedArchive>;
  readonly [Symbol.dispose]: () => void;
};

/** Makes an empty workspace. */
export const newArchives = async (scope: ArchiveScope = EVERYTHING): Promise<Archives> => {
  const tar = await findGnuTar({ PATH: process.env['PATH'] });
  if (tar === undefined) throw new Error('these tests need GNU tar');
  const temp = newTempFolder();
  temp.write('workspace/unchanged');
  const workspace = temp.at('workspace');
  let count = 0;
  const listing = (index: number): string => temp.at(`listing-${index}`);
  const latest = () => ({ before: listing(count - 1), after: listing(count), target: temp.at(`raw-${count}.tar`) });
  let report: TarReport | undefined;
  const take = async (): Promise<TarReport> => {
    count += 1;
    report = valueOf(await takeArchive({ tar, workspace, scope, ...latest() }));
    return report;
  };
  return {
    temp,
    workspace,
    write: (name, content) => temp.write(`workspace/${name}`, content),
    inside: (name) => temp.at(`workspace/${name}`),
    tar,
    latest,
    list: async () => {
      await untilFilesAreOld(temp);
      return valueOf(await takeListing({ tar, workspace, scope, listing: listing(count) }));
    },
    take,
    pack: async (privacy = {}, job = {}) => {
      const { before, after, target: tarFile } = latest();
      const unreadable = report?.unreadable ?? [];
      const files = { tarFile, before, after, folder: temp.path, name: '000001' };
      const whole = { ...files, scope, unreadable, compression: 'gzip' as const, ...job };
      return valueOf(await packArchive(whole, { secrets: [], ...privacy }));
    },
    [Symbol.dispose]: temp[Symbol.dispose],
  };
};

/** Waits until files written before are older than a listing made now, by the clock of the file system. */
const untilFilesAreOld = (temp: TempFolder): Promise<void> => {
  const from = statSync(temp.write('clock')).ctimeMs;
  return until(() => statSync(temp.write('clock')).ctimeMs > from + 30);
};

/** The names in a plain archive as tar lists them, in its order. */
export const namesIn = (archive: string): readonly string[] =>
  execFileSync('tar', ['--list', '--quoting-style=escape', '--file', archive], { encoding: 'utf8' })
    .split('\n')
    .filter((name) => name !== '');

/** The stored archive, decompressed. */
export const unpacked = (file: string): Buffer => {
  const stored = readFileSync(file);
  return stored.readUInt32LE(0) === ZSTD_MAGIC ? zstdDecompressSync(stored) : gunzipSync(stored);
};

const ZSTD_MAGIC = 0xfd2fb528;

/** The names in a packed tree. */
export const namesInTree = ({ temp }: Archives, { tree }: PackedArchive): readonly string[] =>
  tree === undefined ? [] : namesIn(temp.write('plain.tar', unpacked(temp.at(tree.name))));

/** The names in the deletions of a packed archive, with `d` or `f` in front. */
export const goneIn = ({ temp }: Archives, { deleted }: PackedArchive): readonly string[] =>
  deleted === undefined
    ? []
    : valueOf(decodeDeletions(unpacked(temp.at(deleted.name)))).map(({ kind, name }) => `${kind} ${name}`);

/** Unpacks a packed tree into a new folder; returns the folder. */
export const extract = ({ temp }: Archives, { tree }: PackedArchive): string => {
  temp.write('extracted/.made', '');
  if (tree !== undefined) {
    const file = temp.write('plain.tar', unpacked(temp.at(tree.name)));
    execFileSync('tar', ['--extract', '--preserve-permissions', '--file', file, '--directory', temp.at('extracted')]);
  }
  return temp.at('extracted');
};
