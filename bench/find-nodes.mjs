import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** One Node of each major version in the project and on the search path, the newest first. */
export const findNodes = () => {
  const folders = [join(import.meta.dirname, '..', 'node_modules', '.bin'), ...process.env.PATH.split(delimiter)];
  const files = folders.map((folder) => join(folder, 'node')).filter((file) => existsSync(file));
  const nodes = [...new Set([process.execPath, ...files.map((file) => realpathSync(file))])].map(describe);
  const newestFirst = nodes.toSorted((a, b) => b.major - a.major);
  return newestFirst.filter(({ major }, index) => newestFirst.findIndex((node) => node.major === major) === index);
};

const describe = (file) => {
  const version = spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout.trim();
  return { file, version, major: Number(/^v(\d+)/.exec(version)?.[1] ?? 0) };
};
