import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const FILES_PER_FOLDER = 20;
const MEAN_BYTES = 8500;

/**
 * A folder with that many files of 8.5 KB on average, 20 in each of its folders, three levels deep. It is made once in a
 * temporary folder and reused next time. `touched(share)` names a share of the files, spread evenly.
 */
export const openLargeWorkspace = (files) => {
  const root = join(tmpdir(), `savepoint-bench-workspace-${files}`);
  const folder = join(root, 'workspace');
  if (!existsSync(join(root, 'complete'))) makeWorkspace(root, folder, files);
  const touched = (share) =>
    Array.from({ length: Math.round(files * share) }, (_, n) => join(folder, nameOf(Math.floor(n / share))));
  return { root, folder, touched };
};

const makeWorkspace = (root, folder, files) => {
  rmSync(root, { recursive: true, force: true });
  const pool = textLikeBytes(4 * 1024 * 1024);
  for (let n = 0; n < files; n++) {
    if (n % FILES_PER_FOLDER === 0) mkdirSync(join(folder, nameOf(n), '..'), { recursive: true });
    const size = Math.round(MEAN_BYTES * (0.25 + (n % 16) / 10));
    const from = (n * 7919) % (pool.length - size);
    writeFileSync(join(folder, nameOf(n)), pool.subarray(from, from + size));
  }
  writeFileSync(join(root, 'complete'), '');
};

const nameOf = (n) => {
  const folder = Math.floor(n / FILES_PER_FOLDER);
  return join(
    `part-${Math.floor(folder / 500)}`,
    `group-${Math.floor(folder / 25)}`,
    `folder-${folder}`,
    `file-${n}.js`,
  );
};

/** Compresses about as well as source code. */
const textLikeBytes = (length) => {
  const words = Array.from({ length: 4000 }, (_, n) =>
    Math.imul(n + 1, 2_654_435_761)
      .toString(36)
      .replace('-', ''),
  );
  let text = '';
  for (let n = 1; text.length < length; n++)
    text += `${words[Math.imul(n, 40_503 + (n >> 9)) & 2047]} ${n % 9 === 0 ? '\n' : ''}`;
  return Buffer.from(text.slice(0, length));
};
