import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findGnuTar, runTar, startExtraction } from '../../../src/snapshot/tar/run-tar.js';
import { buildTar } from '../../machine/tar-builder.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../../machine/temp-folder.js';

/** Creates a folder with only a program of that name; returns the folder. */
const program = (temp: TempFolder, name: string, script: string): string => {
  chmodSync(temp.write(`bin/${name}`, `#!/bin/sh\n${script}\n`), 0o755);
  return temp.at('bin');
};

describe('GNU tar', () => {
  test('is found on the search path, with its version', async () => {
    using temp = newTempFolder();
    const folder = program(
      temp,
      process.platform === 'darwin' ? 'gtar' : 'tar',
      'echo "tar (GNU tar) 1.99b"; echo more',
    );
    const found = await findGnuTar({ PATH: `${temp.at('missing')}:${folder}:/bin` });
    expect(found?.program.startsWith(folder)).toBe(true);
    expect(found?.version).toBe('1.99b');
  });

  test('is not another tar nor one that fails, and undefined without one', async () => {
    using temp = newTempFolder();
    expect(await findGnuTar({ PATH: program(temp, 'tar', 'echo "bsdtar 3.7.2 - libarchive 3.7.2"') })).toBeUndefined();
    expect(await findGnuTar({ PATH: program(temp, 'tar', 'echo "tar (GNU tar) 1.34"; exit 1') })).toBeUndefined();
    mkdirSync(temp.at('empty'));
    expect(await findGnuTar({ PATH: temp.at('empty') })).toBeUndefined();
    expect(await findGnuTar({})).toBeUndefined();
  });

  test('is never taken from the current folder', async () => {
    using temp = newTempFolder();
    const folder = program(temp, 'tar', 'echo "tar (GNU tar) 1.34"');
    expect(await findGnuTar({ PATH: `${relative(process.cwd(), folder)}:` })).toBeUndefined();
  });
});

describe('a run of tar', () => {
  test('gives its exit code and what it said', async () => {
    using temp = newTempFolder();
    const run = valueOf(await runTar(`${program(temp, 'tar', 'echo "tar: hm" >&2; exit 2')}/tar`, []));
    expect(run).toEqual({ exitCode: 2, stderr: 'tar: hm\n' });
  });

  test('sees nothing of our environment but the search path', async () => {
    using temp = newTempFolder();
    process.env['TAR_OPTIONS'] = '--verbose';
    try {
      const { stderr } = valueOf(await runTar(`${program(temp, 'tar', 'env >&2')}/tar`, []));
      const names = stderr.split('\n').map((line) => line.split('=')[0]);
      expect(names).toEqual(expect.arrayContaining(['LC_ALL', 'PATH']));
      expect(
        names.filter((name) => !['LC_ALL', 'PATH', 'PWD', '_', 'SHLVL', 'OLDPWD', ''].includes(name ?? '')),
      ).toEqual([]);
    } finally {
      delete process.env['TAR_OPTIONS'];
    }
  });

  test('keeps the first of a flood of messages and counts the rest', async () => {
    using temp = newTempFolder();
    const flood = `${program(temp, 'tar', 'head -c 1000000 /dev/zero | tr "\\0" x >&2')}/tar`;
    const { stderr } = valueOf(await runTar(flood, []));
    expect(stderr).toBe(`${'x'.repeat(65_536)}\ntar: 934464 more bytes of messages\n`);
  });

  test('names the program `tar` in what it says, wherever it lies', async () => {
    const { stderr, exitCode } = valueOf(await runTar('tar', ['--file=/missing/archive', '--list']));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^tar: \/missing\/archive: Cannot open/);
  });

  test('that cannot be started is an error', async () => {
    expect(errorOf(await runTar('/missing/tar', []))).toContain('cannot start /missing/tar: ');
  });

  test('that a signal ended has an exit code that says so', async () => {
    using temp = newTempFolder();
    const run = await runTar(`${program(temp, 'tar', 'kill -9 $$')}/tar`, []);
    expect(valueOf(run)).toEqual({ exitCode: 137, stderr: '' });
  });

  test('is killed when it is called off, and an error', async () => {
    using temp = newTempFolder();
    const calledOff = new AbortController();
    const run = runTar(`${program(temp, 'tar', 'exec sleep 1000')}/tar`, [], calledOff.signal);
    calledOff.abort();
    expect(errorOf(await run)).toBe('tar was cancelled');
  });
});

test('what is written ends up in the folder, with its mode', async () => {
  using temp = newTempFolder();
  const extraction = startExtraction('tar', temp.path);
  expect(await extraction.write(buildTar([{ name: 'a', content: 'hello', mode: 0o666 }]))).toBe(true);
  expect((await extraction.end()).ok).toBe(true);
  expect(temp.read('a')).toBe('hello');
  expect(statSync(temp.at('a')).mode & 0o777).toBe(0o666);
});

test('a tar that gave up takes no more, and its end says why', async () => {
  using temp = newTempFolder();
  const extraction = startExtraction('tar', temp.at('no-folder'));
  const archive = buildTar([{ name: 'a', content: 'x'.repeat(1024 * 1024) }]);
  await extraction.write(archive);
  expect(await extraction.write(archive)).toBe(false);
  expect(errorOf(await extraction.end())).toMatch(/^tar cannot unpack it: .*no-folder: Cannot open/);
});

test('a program that does not start is an error', async () => {
  using temp = newTempFolder();
  const extraction = startExtraction(temp.at('no-tar'), temp.path);
  await extraction.write(Buffer.alloc(10));
  expect(errorOf(await extraction.end())).toMatch(/^cannot start .*no-tar: .*ENOENT/);
});

test('a cancelled one is gone', async () => {
  using temp = newTempFolder();
  const extraction = startExtraction('tar', temp.path);
  await extraction.cancel();
  expect(await extraction.write(Buffer.alloc(10))).toBe(false);
  expect((await extraction.end()).ok).toBe(false);
});
