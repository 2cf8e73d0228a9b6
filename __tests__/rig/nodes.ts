import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The Node that programs run on unless a test says otherwise; `SAVEPOINT_TEST_NODE` names another. */
export const defaultNode = (): string => process.env['SAVEPOINT_TEST_NODE'] ?? process.execPath;

/** Label and path of each Node version on this machine: the tests' own, and others on the PATH. For `describe.each`. */
export const findNodes = (): readonly (readonly [label: string, path: string])[] => {
  const byLabel = new Map<string, string>();
  for (const path of candidates()) {
    const label = labelOf(path);
    if (label !== undefined && !byLabel.has(label)) byLabel.set(label, path);
  }
  return [...byLabel];
};

const candidates = (): readonly string[] => {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return [process.execPath, ...folders.map((folder) => join(folder, 'node')).filter((path) => existsSync(path))];
};

const labelOf = (path: string): string | undefined => {
  const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  const major = /^v(\d+)\./.exec(stdout)?.[1];
  return status === 0 && major !== undefined ? `Node ${major}` : undefined;
};

/** The Node versions that `dist` is tested with on this machine. */
export const nodes = findNodes();
