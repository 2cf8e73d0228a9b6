import { chmodSync, readdirSync, rmSync } from 'node:fs';
import { fromPath } from '../../checkpoint/tar/byte-name.js';
import { pathIn } from './byte-path.js';
import { tryIo } from './io-result.js';

/** Removes a folder with its content, read-only folders included. Entries that cannot be removed stay. */
export const removeTree = (folder: string): void => {
  const remove = (): boolean => tryIo('', () => rmSync(folder, { recursive: true, force: true })).ok;
  if (remove()) return;
  tryIo('', () => makeWritable(Buffer.from(folder)));
  remove();
};

const makeWritable = (folder: Buffer): void => {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })) {
    if (entry.isDirectory()) makeWritable(pathIn(folder, fromPath(entry.name)));
  }
};
