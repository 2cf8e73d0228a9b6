import { describe, expect, test } from 'vitest';
import { readTarResult } from '../../../src/snapshot/tar/tar-result.js';

const PREVIOUS = 'tar: Exiting with failure status due to previous errors';

/** The output of tar with these remarks. */
const said = (...remarks: readonly string[]): string => remarks.map((remark) => `tar: ${remark}\n`).join('');

test('silence is an archive', () => {
  expect(readTarResult(0, '')).toEqual({ kind: 'ok', changed: [], unreadable: [] });
});

describe('files that changed while they were read', () => {
  test.each([
    ['changed', './a/b: file changed as we read it'],
    ['went', './a/b: File removed before we read it'],
    ['shrank', './a/b: File shrank by 361039872 bytes; padding with zeros'],
    ['lost its last byte', './a/b: File shrank by 1 byte; padding with zeros'],
  ])('are named: one %s', (_what, remark) => {
    expect(readTarResult(1, said(remark))).toEqual({ kind: 'ok', changed: ['a/b'], unreadable: [] });
  });

  test('are named once, and a place to start from that went is one of them', () => {
    const remarks = said('./f: file changed as we read it', './f: file changed as we read it');
    expect(readTarResult(1, remarks)).toMatchObject({ changed: ['f'] });
    const gone = `${said('./src: Cannot stat: No such file or directory')}${PREVIOUS}\n`;
    expect(readTarResult(2, gone)).toEqual({ kind: 'ok', changed: ['src'], unreadable: [] });
  });

  test('may be the workspace itself', () => {
    expect(readTarResult(1, said('.: file changed as we read it'))).toMatchObject({ changed: ['.'] });
  });
});

describe('paths that cannot be read', () => {
  test.each([
    ['Cannot open: Permission denied'],
    ['Cannot stat: Permission denied'],
    ['Cannot savedir: Input/output error'],
    ['Warning: Cannot open: Permission denied'],
    ['Read error at byte 0, while reading 512 bytes: Input/output error'],
    ['directory is on a different filesystem; not dumped'],
  ])('are named and leave the rest good: %s', (remark) => {
    expect(readTarResult(2, `${said(`./a b: ${remark}`)}${PREVIOUS}\n`)).toEqual({
      kind: 'ok',
      changed: [],
      unreadable: ['a b'],
    });
  });

  test('keep their bytes, however tar writes them', () => {
    const verdict = readTarResult(2, said(String.raw`./nl\nq\\r\: \303\274\377": Cannot open: Permission denied`));
    expect(verdict).toMatchObject({ unreadable: ['nl\nq\\r: \xc3\xbc\xff"'] });
  });
});

describe('no archive', () => {
  test.each([
    ['the archive cannot be written', '/tmp/a.tar: Wrote only 4096 of 10240 bytes'],
    ['the listing cannot be read', '/tmp/after: Cannot open: Permission denied'],
    ['tar gives up', 'Error is not recoverable: exiting now'],
    ['tar does not know an option', "unrecognized option '--sparse'"],
    ['a remark is unknown', './a: Something new happened'],
  ])('where %s', (_what, remark) => {
    const remarks = `${said('./a: Cannot open: Permission denied', remark)}${PREVIOUS}\n`;
    expect(readTarResult(2, remarks)).toEqual({ kind: 'failed', message: `tar failed with exit code 2: ${remark}` });
  });

  test('where tar does not say why', () => {
    expect(readTarResult(2, '')).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('code 2') as unknown,
    });
    expect(readTarResult(3, said('./a: Cannot open: Permission denied'))).toMatchObject({ kind: 'failed' });
  });

  test('where a signal ended it', () => {
    expect(readTarResult(137, '')).toEqual({ kind: 'failed', message: 'tar was ended by signal 9' });
  });
});

test('sockets are nothing to speak of, and neither are unknown remarks on a success', () => {
  const nothing = { kind: 'ok', changed: [], unreadable: [] };
  expect(readTarResult(0, said('./s: socket ignored', 'what a day'))).toEqual(nothing);
});
