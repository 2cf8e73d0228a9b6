import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A temporary folder; `folder(files)` makes a new folder in it with these texts by name. */
export const openWorkArea = () => {
  const root = mkdtempSync(join(tmpdir(), 'savepoint-bench-'));
  let made = 0;
  const folder = (files = {}) => {
    const path = join(root, String(++made));
    mkdirSync(path);
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), text);
    }
    return path;
  };
  return { folder, remove: () => rmSync(root, { recursive: true, force: true }) };
};
