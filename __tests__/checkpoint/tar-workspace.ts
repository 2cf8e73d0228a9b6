import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createTarReader, type TarMember } from '../../src/checkpoint/tar/tar-reader.js';
import { createListingBackdating, parseListing, type Listing } from '../../src/checkpoint/tar/tar-listing.js';
import { newTempFolder, valueOf, type TempFolder } from '../machine/temp-folder.js';

/** A workspace for real GNU tar. Names are byte names. */
export type TarWorkspace = {
  readonly temp: TempFolder;
  readonly pathOf: (name: string) => Buffer;
  /** Writes a file and creates its parent folders. */
  readonly write: (name: string, content?: string) => void;
  readonly folder: (name: string) => void;
  /** Every name in it. */
  readonly names: () => readonly string[];
  /** Lists it: later changes go into the next archive. */
  readonly list: (options?: readonly string[]) => Listing;
  /** Archives all changes since the last listing, and lists it again. */
  readonly archive: (options?: readonly string[], format?: readonly string[]) => IncrementalArchive;
  readonly [Symbol.dispose]: () => void;
};

/** An incremental archive, with the listings before and after it. */
export type IncrementalArchive = { readonly before: Listing; readonly after: Listing; readonly bytes: Buffer };

/** Makes an empty workspace. */
export const newTarWorkspace = (): TarWorkspace => {
  const temp = newTempFolder();
  mkdirSync(temp.at('workspace'));
  let count = 0;
  const listingFile = (index: number): string => temp.at(`listing-${index}`);
  const listing = (index: number): Listing => valueOf(parseListing(readFileSync(listingFile(index))));
  const pathOf = (name: string): Buffer => Buffer.from(`${temp.at('workspace')}/${name}`, 'latin1');
  const tar = (target: string, options: readonly string[], format = PAX): void => {
    const places = ['-C', temp.at('workspace'), `--listed-incremental=${listingFile(count)}`, '-f', target];
    const names = options.some((option) => !option.startsWith('-')) ? [] : ['.'];
    runTar([...CREATE, ...format, ...places, ...options, ...names]);
  };
  return {
    temp,
    pathOf,
    write: (name, content = `content of ${name}`) => {
      mkdirSync(pathOf(name.slice(0, Math.max(0, name.lastIndexOf('/')))), { recursive: true });
      writeFileSync(pathOf(name), content);
    },
    folder: (name) => mkdirSync(pathOf(name), { recursive: true }),
    names: () => namesBelow(pathOf('')),
    list: (options = []) => {
      tar('/dev/null', options);
      return listing(count);
    },
    archive: (options = [], format = PAX) => {
      const backdating = createListingBackdating(20);
      const backdated = valueOf(backdating.push(readFileSync(listingFile(count))));
      count += 1;
      writeFileSync(listingFile(count), backdated);
      tar(temp.at('archive.tar'), options, format);
      return { before: listing(count - 1), after: listing(count), bytes: readFileSync(temp.at('archive.tar')) };
    },
    [Symbol.dispose]: temp[Symbol.dispose],
  };
};

/** How archives are made. */
const CREATE = ['--create', '--sparse', '--one-file-system', '--no-check-device', '--no-unquote'];
const PAX: readonly string[] = ['--format=posix', '--pax-option=delete=atime'];

/** Runs GNU tar in a clean environment; returns its output. */
export const runTar = (args: readonly string[], input?: Buffer): Buffer =>
  execFileSync('tar', args, {
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: process.env['PATH'] },
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['pipe', 'pipe', 'ignore'],
    ...(input === undefined ? {} : { input }),
  });

/** All members of an archive, with their bodies without padding. */
export const membersOf = (chunks: readonly Buffer[]): readonly { member: TarMember; body: Buffer }[] => {
  const found: { member: TarMember; pieces: Buffer[] }[] = [];
  const reader = createTarReader({
    member: (member) => found.push({ member, pieces: [] }),
    body: (piece) => found.at(-1)?.pieces.push(piece),
  });
  for (const chunk of chunks) valueOf(reader.push(chunk));
  valueOf(reader.end());
  return found.map(({ member, pieces }) => ({ member, body: Buffer.concat(pieces).subarray(0, member.sizeBytes) }));
};

/** The names of the members of an archive, sorted by bytes. */
export const memberNames = (bytes: Buffer): readonly string[] =>
  membersOf([bytes])
    .map(({ member }) => member.name)
    .sort();

const namesBelow = (folder: Buffer, prefix = ''): readonly string[] =>
  readdirSync(folder, { encoding: 'buffer' }).flatMap((entry) => {
    const path = Buffer.concat([folder, Buffer.from('/'), entry]);
    const name = `${prefix}${entry.toString('latin1')}`;
    return lstatSync(path).isDirectory() ? [name, ...namesBelow(path, `${name}/`)] : [name];
  });
