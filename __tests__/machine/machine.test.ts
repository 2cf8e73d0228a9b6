import { describe, expect, test } from 'vitest';
import { newNonce, newRunId } from '../../src/machine/new-id.js';
import { RUN_ID_PATTERN } from '../../src/machine/workdir/run-history.js';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { readFacts } from '../../src/machine/facts.js';
import { openMachinePorts } from '../../src/machine/run-ports.js';
import { openWorkDirectory } from '../../src/machine/workdir/work-directory.js';
import { errorOf, newTempFolder, valueOf } from './temp-folder.js';
import { basename, dirname, join } from 'node:path';
import { programBeside, programName, readSurroundings } from '../../src/machine/surroundings.js';
import { startSource } from './source-child.js';

describe('new id', () => {
  test('a nonce has two lower-case hex digits for each byte, and no two are alike', () => {
    const nonces = Array.from({ length: 100 }, () => newNonce(8));
    for (const nonce of nonces) expect(nonce).toMatch(/^[0-9a-f]{16}$/);
    expect(new Set(nonces).size).toBe(100);
  });

  test('a run id can be named on a command line and begins with its time', () => {
    const ids = Array.from({ length: 1000 }, newRunId);
    for (const id of ids) {
      expect(id).toMatch(RUN_ID_PATTERN);
      expect(id).toMatch(/^20\d{6}-\d{6}-[0-9a-z]{4}$/);
    }
  });

  test('two at the same time differ', () => {
    expect(newRunId()).not.toBe(newRunId());
  });
});

describe('run ports', () => {
  const surroundings = { env: { PATH: '/bin' }, platform: 'linux', arch: 'x64', hostName: 'here' };

  test('a run finds its environment and its ports, and leaves no temporary file behind', () => {
    using folder = newTempFolder();
    mkdirSync(folder.at('tmp'));
    const facts = readFacts({ ...surroundings, folder: folder.path, tempDir: folder.at('tmp') });
    const opened = valueOf(openMachinePorts(facts, valueOf(openWorkDirectory(folder.path, '.work'))));
    expect(opened.environment).toMatchObject({ workspace: folder.path, workDir: folder.at('.work') });
    expect(opened.environment.hasProgram('no-such-program')).toBe(false);
    const { scriptFile } = valueOf(opened.ports.scratch.open('true', '.sh'));
    expect(existsSync(scriptFile)).toBe(true);
    opened.close();
    expect(readdirSync(folder.at('tmp'))).toEqual([]);
  });

  test('a temp folder that is not there is an error', () => {
    using folder = newTempFolder();
    const facts = readFacts({ ...surroundings, folder: folder.path, tempDir: folder.at('none') });
    expect(errorOf(openMachinePorts(facts, valueOf(openWorkDirectory(folder.path, '.work'))))).toContain('none');
  });
});

describe('surroundings', () => {
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
});
