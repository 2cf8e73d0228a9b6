import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { programBeside, programName, readSurroundings } from '../../src/machine/surroundings.js';
import { startSource } from './source-child.js';

const LOSE_FOLDER = `
  import { mkdtempSync, rmdirSync } from 'node:fs';
  import { readSurroundings } from 'src/machine/surroundings.js';
  const folder = mkdtempSync('/tmp/savepoint-test-');
  process.chdir(folder);
  rmdirSync(folder);
  console.log(readSurroundings().folder);`;

test('the facts are those at the start of this process, without later changes of its environment', () => {
  const { env, platform, folder } = readSurroundings();
  process.env['SAVEPOINT_TEST_LATER'] = '1';
  try {
    expect(env['SAVEPOINT_TEST_LATER']).toBeUndefined();
    expect(env['PATH']).toBe(process.env['PATH']);
    expect([platform, folder]).toEqual([process.platform, process.cwd()]);
  } finally {
    delete process.env['SAVEPOINT_TEST_LATER'];
  }
});

test('a folder that was removed still has a name', async () => {
  expect(await startSource(LOSE_FOLDER, 'cd /usr;').output).toBe('/usr\n');
});

test('a program knows the name it was started by', () => {
  expect(programName()).toBe(basename(process.argv[1] ?? ''));
  expect(programName()).toMatch(/\.m?js$/);
});

test('a program beside this one is started by the same Node', () => {
  const [node, program] = programBeside('store/index.js');
  expect(node).toBe(process.execPath);
  expect(program).toBe(join(dirname(process.argv[1] ?? ''), 'store', 'index.js'));
});
