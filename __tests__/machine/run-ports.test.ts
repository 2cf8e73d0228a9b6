import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readFacts } from '../../src/machine/facts.js';
import { openMachinePorts } from '../../src/machine/run-ports.js';
import { openWorkDirectory } from '../../src/machine/workdir/work-directory.js';
import { errorOf, newTempFolder, valueOf } from './temp-folder.js';

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
