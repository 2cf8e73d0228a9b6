import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { sha256 } from '../../../src/base/hash.js';

/** The files, folders and links of a workspace by path; paths of folders do not end in a slash. */
export type Tree = Readonly<Record<string, TreeEntry>>;

/** One file, folder or link. */
export type TreeEntry = {
  readonly kind: 'file' | 'folder' | 'symlink' | 'other';
  /** Permission bits, octal. */
  readonly mode: string;
  /** Whole seconds since 1970. */
  readonly mtime: number;
  readonly target?: string;
  /** Of a file's content. */
  readonly digest?: string;
  /** On further names (hard links) of a file: its first name. */
  readonly sameAs?: string;
};

/** Reads a folder, without its `.git` and `.work`. Names that are not UTF-8 are shown as Latin-1. */
export const readTree = (root: string): Tree => {
  const tree: Record<string, TreeEntry> = {};
  const seen = new Map<number, string>();
  const visit = (folder: Buffer, prefix: string): void => {
    for (const name of readdirSync(folder, { encoding: 'buffer' }).sort((a, b) => a.compare(b))) {
      const path = `${prefix}${nameOf(name)}`;
      if (LEFT_OUT.includes(path)) continue;
      const absolute = Buffer.concat([folder, SLASH, name]);
      const stats = lstatSync(absolute);
      const first = seen.get(stats.ino);
      const isLink = stats.isFile() && stats.nlink > 1;
      if (isLink && first === undefined) seen.set(stats.ino, path);
      tree[path] = { ...entryOf(absolute, stats), ...(isLink && first !== undefined && { sameAs: first }) };
      if (stats.isDirectory()) visit(absolute, `${path}/`);
    }
  };
  visit(Buffer.from(root), '');
  return tree;
};

const LEFT_OUT = ['.git', '.work'];
const SLASH = Buffer.from('/');

const nameOf = (bytes: Buffer): string => {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : bytes.toString('latin1');
};

const entryOf = (path: Buffer, stats: Stats): TreeEntry => {
  const mode = (stats.mode & 0o7777).toString(8);
  const facts = { mode, mtime: Math.floor(stats.mtimeMs / 1000) };
  if (stats.isDirectory()) return { kind: 'folder', ...facts };
  if (stats.isSymbolicLink()) return { kind: 'symlink', ...facts, target: nameOf(readlinkSync(path, 'buffer')) };
  if (stats.isFile()) return { kind: 'file', ...facts, digest: sha256(readFileSync(path)) };
  return { kind: 'other', ...facts };
};
