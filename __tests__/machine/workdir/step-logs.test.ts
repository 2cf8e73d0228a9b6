import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { calledFilePath } from '../../../src/language/model/pipeline.js';
import { copyLog, createLogs, logName } from '../../../src/machine/workdir/step-logs.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../temp-folder.js';

const writeLog = (temp: TempFolder, step: string, ...chunks: readonly (string | Buffer)[]): void => {
  const log = createLogs(temp.path, 20).open(step);
  for (const chunk of chunks) log.write(Buffer.from(chunk));
  valueOf(log.close());
};

const MARK = '[savepoint: output beyond 20 bytes is not stored]\n';

describe('the log of a step', () => {
  test('keeps every byte, also those that are not UTF-8, and is there at once', () => {
    using temp = newTempFolder();
    const log = createLogs(temp.path).open('build');
    const bytes = Buffer.from([0xff, 0x00, 0xc3, 0x28, 0x0a, 0x80]);
    log.write(bytes);
    expect(readFileSync(temp.at('build.log'))).toEqual(bytes);
    log.write(Buffer.from('more'));
    valueOf(log.close());
    expect(readFileSync(temp.at('build.log'))).toEqual(Buffer.concat([bytes, Buffer.from('more')]));
  });

  test('lies in the folders of its path', () => {
    using temp = newTempFolder();
    writeLog(temp, 'group[2]/sub-group/compile', 'x');
    expect(temp.read('group[2]/sub-group/compile.log')).toBe('x');
  });

  test('is not created before the first byte', () => {
    using temp = newTempFolder();
    writeLog(temp, 'group/quiet');
    writeLog(temp, 'group/empty', '');
    expect(readdirSync(temp.path)).toEqual([]);
  });

  test('ends with a mark when there is more than may be stored', () => {
    using temp = newTempFolder();
    writeLog(temp, 'exact', '0123456789', '012345678\n');
    writeLog(temp, 'torn', '0123456789', '0123456789abc', 'dropped');
    writeLog(temp, 'whole', '0123456789012345678\n', 'x', 'y');
    expect(temp.read('exact.log')).toBe('0123456789012345678\n');
    expect(temp.read('torn.log')).toBe(`01234567890123456789\n${MARK}`);
    expect(temp.read('whole.log')).toBe(`0123456789012345678\n${MARK}`);
  });

  test('may hold 64 MiB by default', () => {
    using temp = newTempFolder();
    const log = createLogs(temp.path).open('loud');
    const mebibyte = Buffer.alloc(1024 * 1024, 'x');
    for (let written = 0; written < 70; written += 1) log.write(mebibyte);
    valueOf(log.close());
    const stored = readFileSync(temp.at('loud.log'));
    const mark = '\n[savepoint: output beyond 64 MiB is not stored]\n';
    expect(stored.length).toBe(64 * 1024 * 1024 + mark.length);
    expect(stored.subarray(-mark.length).toString()).toBe(mark);
  });

  test('of an earlier attempt is kept next to it', () => {
    using temp = newTempFolder();
    for (const attempt of ['first', 'second', 'third']) writeLog(temp, 'a/build', attempt);
    expect(temp.read('a/build.log')).toBe('third');
    expect(temp.read('a/build.attempt-1.log')).toBe('first');
    expect(temp.read('a/build.attempt-2.log')).toBe('second');
  });

  test('is never written through a link', () => {
    using temp = newTempFolder();
    temp.write('elsewhere', 'precious');
    symlinkSync(temp.at('elsewhere'), temp.at('build.log'));
    writeLog(temp, 'build', 'output');
    expect(temp.read('elsewhere')).toBe('precious');
    expect(temp.read('build.log')).toBe('output');
  });

  test('that cannot be written says so once, at the end', () => {
    using temp = newTempFolder();
    temp.write('group', 'a file where the folder should be');
    const log = createLogs(temp.path).open('group/build');
    log.write(Buffer.from('output'));
    log.write(Buffer.from('more'));
    expect(errorOf(log.close())).toContain('build.log');
  });

  test('never gets a path that no step has', () => {
    using temp = newTempFolder();
    for (const step of ['', '..', '../x', 'a/../b', '/a', 'a//b', 'a/', 'a b', 'a.b', 'a[x]', 'a\0']) {
      expect(() => createLogs(temp.path).open(step)).toThrow('invariant');
    }
  });
});

test('a summary is stored next to the log, the latest one', () => {
  using temp = newTempFolder();
  const logs = createLogs(temp.path);
  valueOf(logs.summary('group/build', '# First'));
  valueOf(logs.summary('group/build', '# Second'));
  expect(temp.read('group/build.summary.md')).toBe('# Second');
  temp.write('file');
  expect(errorOf(logs.summary('file/build', 'x'))).toContain('build.summary.md');
});

describe('a log copied to a stream', () => {
  test('arrives whole, and the stream stays open', async () => {
    using temp = newTempFolder();
    const content = Buffer.alloc(300_000, 'some line\n');
    temp.write('build.log', content);
    const to = new PassThrough();
    const received = buffer(to);
    expect(valueOf(await copyLog(temp.path, 'build', to))).toBe(true);
    to.end('end');
    expect(await received).toEqual(Buffer.concat([content, Buffer.from('end')]));
  });

  test('is fine when its reader leaves early', async () => {
    using temp = newTempFolder();
    temp.write('build.log', Buffer.alloc(5_000_000, 'some line\n'));
    const head = spawn('head', ['-n', '1'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const shown = text(head.stdout);
    expect(valueOf(await copyLog(temp.path, 'build', head.stdin))).toBe(true);
    expect(await shown).toBe('some line\n');
  });

  test('that does not exist is not an error', async () => {
    using temp = newTempFolder();
    expect(valueOf(await copyLog(temp.path, 'build', new PassThrough()))).toBe(false);
    expect(existsSync(temp.at('build.log'))).toBe(false);
  });

  test('that cannot be read is an error', async () => {
    using temp = newTempFolder();
    mkdirSync(temp.at('build.log'));
    expect(errorOf(await copyLog(temp.path, 'build', new PassThrough()))).toContain('cannot show');
  });
});

test.each([
  'build',
  'each[2]/x',
  'a/on_failure/b',
  'route/else/x',
  'outer[0]/inner[11]/finally/case-2',
  calledFilePath('call') + '/on_failure/x',
])('the files of %s have its path for a name', (path) => {
  expect(logName(path)).toBe(path);
});

test('paths that differ in capital letters only have names that differ in more', () => {
  const paths = ['build/x', 'Build/x', 'build/X', 'BUILD/x'];
  expect(new Set(paths.map((path) => logName(path)?.toLowerCase())).size).toBe(4);
  expect(logName('Build/x')).toMatch(/^Build\/x~[0-9a-f]{12}$/);
});

test('a path longer than file systems allow gets a shorter name', () => {
  const deep = Array.from({ length: 60 }, (_, index) => `${'a'.repeat(100)}${String(index)}`);
  const names = [deep.join('/'), deep.toReversed().join('/')].map(logName);
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(name).toMatch(/^~[0-9a-f]{32}$/);
});

test.each(['', '../x', '/x', 'a//b', 'a/../b', 'each[x]', 'each[1][2]', 'a.log', '~a', 'a\n'])(
  '%j is no path of a step',
  (path) => {
    expect(logName(path)).toBeUndefined();
  },
);
