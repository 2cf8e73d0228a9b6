import { chmodSync, existsSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { removeTree } from '../../../src/machine/files/remove-tree.js';
import { newTempFolder } from '../temp-folder.js';
import { canRunUnprivileged, runUnprivileged } from '../unprivileged.js';

test('everything in a folder goes, but nothing that a link in it leads to', () => {
  using folder = newTempFolder();
  const outside = folder.write('outside/kept.txt');
  folder.write('tree/a/b.txt');
  symlinkSync(folder.at('outside'), folder.at('tree/a/link'));
  removeTree(folder.at('tree'));
  expect(existsSync(folder.at('tree'))).toBe(false);
  expect(existsSync(outside)).toBe(true);
});

test('a folder that is not there is not an error', () => {
  using folder = newTempFolder();
  expect(() => removeTree(folder.at('none'))).not.toThrow();
});

test.skipIf(!canRunUnprivileged())('read-only folders go too', () => {
  using folder = newTempFolder();
  chmodSync(folder.path, 0o777);
  runUnprivileged(`
    import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
    import { removeTree } from 'src/machine/files/remove-tree.js';
    const tree = ${JSON.stringify(folder.at('own'))};
    mkdirSync(tree + '/a/b', { recursive: true });
    writeFileSync(tree + '/a/b/file', '');
    chmodSync(tree + '/a/b', 0o555);
    chmodSync(tree + '/a', 0o555);
    removeTree(tree);
    if (existsSync(tree)) throw new Error('it is still there');
  `);
  expect(existsSync(folder.at('own'))).toBe(false);
});
