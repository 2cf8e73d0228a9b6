import { describe, expect, test } from 'vitest';
import {
  END_OF_ARCHIVE,
  folderHeaders,
  readHeaders,
  type HeaderRun,
  type TarMember,
} from '../../../src/checkpoint/tar/tar-headers.js';
import { errorOf, valueOf } from '../../machine/temp-folder.js';
import { END, extendedHeader, headerBlock, octal, record, type HeaderFields } from '../made-headers.js';
import { membersOf, newTarWorkspace, runTar } from '../tar-workspace.js';

const read = (...parts: readonly Buffer[]): HeaderRun => valueOf(readHeaders(Buffer.concat(parts)));
const fault = (...parts: readonly Buffer[]): string => errorOf(readHeaders(Buffer.concat(parts)));
const member = (...parts: readonly Buffer[]): TarMember => {
  const run = read(...parts);
  if (run.kind !== 'member') throw new Error(`this is ${run.kind}`);
  return run.member;
};
const pax = (key: string, value: string): Buffer => extendedHeader(record(key, value));

describe('a member', () => {
  test.each<[string, string]>([
    ['0', 'file'],
    ['\0', 'file'],
    ['7', 'file'],
    ['1', 'hardlink'],
    ['2', 'symlink'],
    ['3', 'device'],
    ['4', 'device'],
    ['5', 'folder'],
    ['D', 'folder'],
    ['6', 'fifo'],
    ['V', 'other'],
    ['X', 'other'],
  ])('of type %j is a %s', (type, kind) => {
    expect(member(headerBlock({ type })).kind).toBe(kind);
  });

  test('with a slash at its end is a folder or nothing that is known', () => {
    expect(member(headerBlock({ name: './a/', type: '5' }))).toMatchObject({ name: 'a', kind: 'folder' });
    expect(member(headerBlock({ name: './a/', type: '0' }))).toMatchObject({ name: 'a', kind: 'other' });
  });

  test('has the name and link of its pax header, else of GNU headers, else its own', () => {
    const own = headerBlock({ name: 'own', linkName: 'own link', type: '2' });
    const gnu = [extendedHeader('gnu\0', 'L'), extendedHeader('gnu link\0', 'K')];
    const both = extendedHeader(record('path', 'pax') + record('linkpath', 'pax link'));
    expect(member(own)).toMatchObject({ name: 'own', linkName: 'own link' });
    expect(member(...gnu, own)).toMatchObject({ name: 'gnu', linkName: 'gnu link' });
    expect(member(...gnu, both, own)).toMatchObject({ name: 'pax', linkName: 'pax link' });
    expect(member(both, ...gnu, own)).toMatchObject({ name: 'pax', linkName: 'pax link' });
  });

  test('that is sparse has its real name in a record of its own', () => {
    const records = record('GNU.sparse.name', './real') + record('GNU.sparse.major', '1') + record('path', './fake');
    expect(member(extendedHeader(records), headerBlock({}))).toMatchObject({ name: 'real', isSparse: true });
  });

  test('has size and times of its pax header', () => {
    const records = record('size', '17') + record('mtime', '1700000000.25') + record('ctime', '-1.5');
    const found = member(extendedHeader(records), headerBlock({ size: octal(1), mtime: octal(1) }));
    expect(found).toMatchObject({ sizeBytes: 17, mtimeMs: 1_700_000_000_250, ctimeMs: -1500 });
  });

  test('without pax header has whole seconds and no ctime', () => {
    expect(member(headerBlock({ mtime: octal(12) }))).toMatchObject({ mtimeMs: 12_000, isSparse: false });
    expect(member(headerBlock({}))).not.toHaveProperty('ctimeMs');
  });

  test('comes with all its headers as they are', () => {
    const parts = [extendedHeader('long\0', 'L'), headerBlock({ name: 'short' })];
    expect(member(...parts).headers).toEqual(Buffer.concat(parts));
  });

  test.each([
    ['without a name', [headerBlock({ name: '' })], 'no name'],
    ['with an empty name in a pax header', [pax('path', ''), headerBlock({})], 'no name'],
    ['in an obsolete sparse format', [headerBlock({ type: 'S' })], 'obsolete'],
    ['with two pax headers', [pax('path', 'a'), pax('path', 'b'), headerBlock({})], 'two extended headers'],
    ['with a size that is no number', [pax('size', '1e3'), headerBlock({})], 'number'],
    ['with a size beyond all numbers', [pax('size', '9'.repeat(30)), headerBlock({})], 'number'],
    ['with a time that is no number', [pax('mtime', 'now'), headerBlock({})], 'number'],
    ['with a malformed record', [extendedHeader('7 a=b'), headerBlock({})], 'malformed'],
  ])('%s is an error', (_what, parts, because) => {
    expect(fault(...parts)).toContain(because);
  });

  test.each(['1', '2', '3', '5', '6'])('of type %s that has content is an error: not all readers skip it', (type) => {
    expect(fault(headerBlock({ type, size: octal(512) }))).toContain('has content');
    expect(fault(pax('size', '512'), headerBlock({ type }))).toContain('has content');
  });
});

describe('headers', () => {
  test('say how many bytes they need', () => {
    const long = extendedHeader('x'.repeat(700), 'L');
    expect(read(Buffer.alloc(0))).toEqual({ kind: 'unfinished', neededBytes: 512 });
    expect(read(long.subarray(0, 512))).toEqual({ kind: 'unfinished', neededBytes: 512 + 1024 + 512 });
    expect(read(long)).toEqual({ kind: 'unfinished', neededBytes: 512 + 1024 + 512 });
    expect(read(long, headerBlock({})).kind).toBe('member');
  });

  test('for all members may only comment', () => {
    expect(read(extendedHeader(record('comment', 'hello'), 'g'))).toEqual({ kind: 'comment' });
    for (const key of ['path', 'linkpath', 'size', 'mtime', 'ctime', 'GNU.sparse.name']) {
      expect(fault(extendedHeader(record(key, '1'), 'g'))).toContain(`sets "${key}"`);
    }
  });

  test('for all members may not stand among those of one', () => {
    expect(fault(pax('path', 'a'), extendedHeader(record('comment', ''), 'g'))).toContain('among');
  });

  test('of more than 64 MiB are an error before they are there', () => {
    const fields: HeaderFields = { type: 'x', size: octal(64 * 1024 * 1024) };
    expect(fault(headerBlock(fields))).toContain('64 MiB');
  });

  test('end with two blocks of zeros, no fewer', () => {
    expect(read(END.subarray(0, 512))).toEqual({ kind: 'unfinished', neededBytes: 1024 });
    expect(read(END)).toEqual({ kind: 'end' });
    expect(read(END_OF_ARCHIVE)).toEqual({ kind: 'end' });
    expect(fault(END.subarray(0, 512), headerBlock({}))).toContain('alone');
    expect(fault(pax('path', 'a'), END)).toContain('ends after an extended header');
  });
});

describe('the headers of a folder', () => {
  const LONG = `${'deep/'.repeat(30)}folder`;

  test.each(['posix', 'gnu'])('lose the names in it and are a folder to tar still, in the format %s', (format) => {
    using workspace = newTarWorkspace();
    workspace.write(`${LONG}/file`);
    workspace.list();
    const { bytes } = workspace.archive([], [`--format=${format}`]);
    const folders = membersOf([bytes]).flatMap((found) => (found.member.kind === 'folder' ? [found.member] : []));
    const rewritten = folders.map(folderHeaders);
    expect(Buffer.concat(rewritten).includes('GNU.dumpdir')).toBe(false);
    const archive = Buffer.concat([...rewritten, END_OF_ARCHIVE]);
    const details = ['-tv', '--full-time', '-f', '-'];
    const folderLines = (archived: Buffer): readonly string[] =>
      String(runTar(details, archived))
        .split('\n')
        .filter((line) => line.startsWith('d'))
        .map((line) => line.replace(/ +\d+ /, ' '));
    expect(folderLines(archive)).toEqual(folderLines(bytes));
    expect(folderLines(archive)).toHaveLength(folders.length);
    expect(membersOf([archive]).map(({ member: { headers: _, sizeBytes: _size, ...rest } }) => rest)).toEqual(
      folders.map(({ headers: _, sizeBytes: _size, ...rest }) => rest),
    );
  });
});
