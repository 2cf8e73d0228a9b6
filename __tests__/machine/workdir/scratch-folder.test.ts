import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createScratch, removeStaleScratch } from '../../../src/machine/workdir/scratch-folder.js';
import { startSource } from '../source-child.js';
import { errorOf, newTempFolder, valueOf } from '../temp-folder.js';

const NOTHING = { output: '', env: '', path: '', summary: '' };
const MIB = 1024 * 1024;

describe('the files of an attempt', () => {
  test('are a script with its extension and four empty files, for this user only', () => {
    using temp = newTempFolder();
    const scratch = valueOf(createScratch(temp.path));
    const { collect: _, ...files } = valueOf(scratch.open('echo "grüße"\n', '.sh'));
    expect(temp.read(join(files.scriptFile.slice(temp.path.length)))).toBe('echo "grüße"\n');
    expect(files.scriptFile.endsWith('.sh')).toBe(true);
    const modes = Object.values(files).map((file) => statSync(file).mode & 0o777);
    expect(modes).toEqual([0o600, 0o600, 0o600, 0o600, 0o600]);
    expect(statSync(dirname(files.scriptFile)).mode & 0o777).toBe(0o700);
    const sizes = [files.outputFile, files.envFile, files.pathFile, files.summaryFile].map(
      (file) => statSync(file).size,
    );
    expect(sizes).toEqual([0, 0, 0, 0]);
  });

  test('are read and removed by collect', () => {
    using temp = newTempFolder();
    const scratch = valueOf(createScratch(temp.path));
    const before = readdirSync(scratch.folder);
    const files = valueOf(scratch.open('', '.sh'));
    writeFileSync(files.outputFile, 'a=1\n');
    writeFileSync(files.envFile, 'B=2\n');
    writeFileSync(files.pathFile, '/c\n');
    writeFileSync(files.summaryFile, '# d\n');
    expect(valueOf(files.collect())).toEqual({ output: 'a=1\n', env: 'B=2\n', path: '/c\n', summary: '# d\n' });
    expect(readdirSync(scratch.folder)).toEqual(before);
  });

  test('are empty when the step removed them', () => {
    using temp = newTempFolder();
    const scratch = valueOf(createScratch(temp.path));
    const files = valueOf(scratch.open('', '.sh'));
    rmSync(files.scriptFile);
    rmSync(files.outputFile);
    expect(valueOf(files.collect())).toEqual(NOTHING);
    const gone = valueOf(scratch.open('', '.sh'));
    rmSync(scratch.folder, { recursive: true });
    expect(valueOf(gone.collect())).toEqual(NOTHING);
  });

  test('have names of their own in each attempt', () => {
    using temp = newTempFolder();
    const scratch = valueOf(createScratch(temp.path));
    const attempts = [valueOf(scratch.open('1', '.sh')), valueOf(scratch.open('2', '.sh'))];
    valueOf(attempts[0]?.collect() ?? { ok: false, error: 'none' });
    attempts.push(valueOf(scratch.open('3', '.sh')));
    expect(new Set(attempts.flatMap(({ collect: _, ...files }) => Object.values(files))).size).toBe(15);
  });

  test('may hold 1 MiB each, and more is an error that names the file; all are removed anyway', () => {
    using temp = newTempFolder();
    const scratch = valueOf(createScratch(temp.path));
    const fits = valueOf(scratch.open('', '.sh'));
    writeFileSync(fits.outputFile, Buffer.alloc(MIB, 'x'));
    expect(valueOf(fits.collect()).output.length).toBe(MIB);
    const before = readdirSync(scratch.folder);
    const files = valueOf(scratch.open('', '.sh'));
    writeFileSync(files.envFile, Buffer.alloc(MIB + 1, 'x'));
    expect(errorOf(files.collect())).toBe('the step wrote 1048577 bytes to GITHUB_ENV; at most 1 MiB is read');
    expect(readdirSync(scratch.folder)).toEqual(before);
  });

  test('are not read through links that the step put there', () => {
    using temp = newTempFolder();
    const files = valueOf(valueOf(createScratch(temp.path)).open('', '.sh'));
    rmSync(files.outputFile);
    symlinkSync(temp.write('other', 'a=1'), files.outputFile);
    expect(errorOf(files.collect())).toContain('in place of GITHUB_OUTPUT');
    expect(existsSync(files.outputFile)).toBe(false);
    expect(temp.read('other')).toBe('a=1');
  });

  test('cannot be made in a folder that is gone', () => {
    using temp = newTempFolder();
    const scratch = valueOf(createScratch(temp.path));
    valueOf(scratch.close());
    expect(errorOf(scratch.open('', '.sh'))).toContain('cannot write the files of a step');
    expect(errorOf(createScratch(temp.at('missing')))).toContain('cannot make a private folder');
  });
});

describe('a scratch folder', () => {
  test('goes with everything in it', () => {
    using temp = newTempFolder();
    const scratch = valueOf(createScratch(temp.path));
    valueOf(scratch.open('echo', '.sh'));
    mkdirSync(join(scratch.folder, 'of-a-step/deep'), { recursive: true });
    valueOf(scratch.close());
    expect(readdirSync(temp.path)).toEqual([]);
    valueOf(scratch.close());
  });

  test('left by a killed process is removed by the next one, and no other', async () => {
    using temp = newTempFolder();
    const killed = startSource(`
      import { createScratch } from 'src/machine/workdir/scratch-folder.js';
      const scratch = createScratch(${JSON.stringify(temp.path)}).value;
      scratch.open('echo secret', '.sh');
      console.log(scratch.folder);
      setInterval(() => {}, 1000);`);
    const left = await killed.nextLine();
    const own = valueOf(createScratch(temp.path));
    expect(valueOf(removeStaleScratch(temp.path))).toBe(0);
    killed.child.kill('SIGKILL');
    await killed.output;
    const inTheMaking = mkdtempSync(temp.at('savepoint-scratch-'));
    const notOurs = dirname(temp.write('savepoint-scratch-x/owner.json', 'what is this'));
    expect(valueOf(removeStaleScratch(temp.path))).toBe(1);
    expect(existsSync(left)).toBe(false);
    expect([own.folder, inTheMaking, notOurs].map((folder) => existsSync(folder))).toEqual([true, true, true]);
  });
});

test('a parent that cannot be read is an error', () => {
  using temp = newTempFolder();
  expect(errorOf(removeStaleScratch(temp.at('missing')))).toContain('cannot clean up');
});
