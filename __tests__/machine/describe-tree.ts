import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Details to leave out of each line of a description. */
export type DescribedTree = {
  /** Names to leave out with everything beneath them. */
  readonly without?: readonly string[];
  /** Whether folders' times count; files' times always do. */
  readonly folderTimes?: boolean;
};

/** One line for everything in a folder: name, type, mode, time in milliseconds, content or target, and names of the same file. */
export const describeTree = (folder: string, { without = [], folderTimes = true }: DescribedTree = {}): string[] => {
  const names = walk(Buffer.from(folder), '').filter(
    (name) => !without.some((left) => name === left || name.startsWith(`${left}/`)),
  );
  const firstNames = new Map<string, string>();
  return names.map((name) => {
    const path = Buffer.from(`${Buffer.from(folder).toString('latin1')}/${name}`, 'latin1');
    const stat = lstatSync(path);
    const time = Math.round(stat.mtimeMs);
    const mode = (stat.mode & 0o7777).toString(8);
    if (stat.isDirectory()) return `${name} folder ${mode}${folderTimes ? ` ${time}` : ''}`;
    if (stat.isSymbolicLink()) return `${name} link ${readlinkSync(path, 'latin1')}`;
    if (stat.isFIFO()) return `${name} fifo ${mode} ${time}`;
    const inode = `${stat.dev} ${stat.ino}`;
    const first = firstNames.get(inode) ?? name;
    firstNames.set(inode, first);
    const content = createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16);
    return `${name} file ${mode} ${time} ${stat.size} ${content}${first === name ? '' : ` = ${first}`}`;
  });
};

const walk = (root: Buffer, folder: string): string[] => {
  const path = Buffer.concat([root, Buffer.from(folder === '' ? '' : `/${folder}`, 'latin1')]);
  const entries = readdirSync(path, { withFileTypes: true, encoding: 'buffer' })
    .map((entry) => ({ name: entry.name.toString('latin1'), isFolder: entry.isDirectory() }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap(({ name, isFolder }) => {
    const full = folder === '' ? name : `${folder}/${name}`;
    return isFolder ? [full, ...walk(root, full)] : [full];
  });
};
