import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  utimesSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createTarReader } from '../../../src/checkpoint/tar/tar-reader.js';
import type { TarMember, TarMemberKind } from '../../../src/checkpoint/tar/tar-headers.js';
import { errorOf, valueOf } from '../../machine/temp-folder.js';
import { createRandom } from '../../rig/random.js';
import { END, extendedHeader, headerBlock, octal, padded, record } from '../made-headers.js';
import { membersOf, newTarWorkspace, runTar, type TarWorkspace } from '../tar-workspace.js';

const fault = (bytes: Buffer): string => {
  const reader = createTarReader({ member: () => {}, body: () => {} });
  const pushed = reader.push(bytes);
  expect(pushed.ok ? reader.push(Buffer.alloc(0)) : reader.end()).toEqual(pushed);
  return errorOf(pushed.ok ? reader.end() : pushed);
};

describe('an archive by GNU tar', () => {
  test('is read as tar reads it, however it is cut into chunks', () => {
    using workspace = newTarWorkspace();
    workspace.list();
    plant(workspace);
    const { bytes } = workspace.archive();
    const asTarSays = String(runTar(['-tv', '--quoting-style=escape', '--full-time', '-f', '-'], bytes));
    const random = createRandom(7);
    for (const chunks of [[bytes], random.chunks(bytes, 100), random.chunks(bytes, 3000)]) {
      const members = membersOf(chunks);
      expect(`${members.map(({ member }) => lineOf(member)).join('\n')}\n`).toBe(withoutOwnerAndSize(asTarSays));
    }
  });

  test('gives the content of its files', () => {
    using workspace = newTarWorkspace();
    workspace.list();
    plant(workspace);
    const files = membersOf([workspace.archive().bytes]).filter(({ member }) => member.kind === 'file');
    for (const { member, body } of files) {
      if (!member.isSparse) expect(body).toEqual(readFileSync(workspace.pathOf(member.name)));
    }
    expect(files.some(({ member }) => member.isSparse && member.sizeBytes < 100_000)).toBe(true);
  });

  test.each(['gnu', 'ustar'])('in the format %s is read too', (format) => {
    using workspace = newTarWorkspace();
    const name = `${'a'.repeat(80)}/${'b'.repeat(format === 'gnu' ? 200 : 70)}`;
    workspace.write(name, 'hello');
    symlinkSync('c'.repeat(format === 'gnu' ? 150 : 90), workspace.pathOf('link'));
    const bytes = runTar(['-c', `--format=${format}`, '-f', '-', '-C', workspace.temp.at('workspace'), '.']);
    const found = new Map(membersOf([bytes]).map(({ member, body }) => [member.name, { member, body }]));
    expect(String(found.get(name)?.body)).toBe('hello');
    expect(found.get('link')?.member.linkName).toMatch(/^c{90,150}$/);
  });
});

describe('a broken archive', () => {
  const whole = Buffer.concat([
    extendedHeader(record('path', './a')),
    headerBlock({ size: octal(600) }),
    padded(Buffer.alloc(600, 'x')),
    headerBlock({ name: 'b' }),
    END,
  ]);

  test('is refused wherever it is truncated', () => {
    for (let at = 0; at < whole.length; at += 64)
      expect(fault(whole.subarray(0, at))).toBe(`the archive is truncated at byte ${at}`);
    expect(membersOf([whole]).map(({ member }) => member.name)).toEqual(['a', 'b']);
  });

  test('is refused at the byte where the fault is', () => {
    const broken = Buffer.from(whole);
    broken.write('!', whole.length - END.length - 512);
    expect(fault(broken)).toBe('the checksum of a header does not match, in what begins at byte 2560');
  });

  test('may end with zeros, with nothing else', () => {
    expect(membersOf([whole, Buffer.alloc(9000)])).toHaveLength(2);
    expect(fault(Buffer.concat([whole, headerBlock({}), END]))).toContain('something follows the end');
  });

  test('is an error or read, never an exception', () => {
    const random = createRandom(11);
    for (let round = 0; round < 400; round++) {
      const broken = Buffer.from(whole);
      for (let count = 0; count < 3; count++) broken[random.below(broken.length)] = random.below(256);
      const reader = createTarReader({ member: () => {}, body: () => {} });
      const results = [...random.chunks(broken, 900).map(reader.push), reader.end()];
      expect(results.map(({ ok }) => ok)).toEqual([...results.map(({ ok }) => ok)].sort().reverse());
    }
  });

  test('gives nothing after the fault', () => {
    const names: string[] = [];
    const reader = createTarReader({ member: ({ name }) => names.push(name), body: () => {} });
    const bytes = Buffer.concat([
      headerBlock({ name: 'a' }),
      Buffer.alloc(512, 'junk'),
      headerBlock({ name: 'b' }),
      END,
    ]);
    for (const chunk of [bytes.subarray(0, 1024), bytes.subarray(1024)]) reader.push(chunk);
    expect(names).toEqual(['a']);
  });
});

test('a body is passed on as it comes, not collected', () => {
  const pieces: number[] = [];
  const reader = createTarReader({ member: () => {}, body: (piece) => pieces.push(piece.length) });
  valueOf(reader.push(headerBlock({ size: octal(2_000_000_000) })));
  for (let count = 0; count < 5; count++) valueOf(reader.push(Buffer.alloc(1000)));
  expect(pieces).toEqual([1000, 1000, 1000, 1000, 1000]);
});

/** Every type of file that tar stores without special options, with all sorts of names. */
const plant = (workspace: TarWorkspace): void => {
  const random = createRandom(5);
  const folders = ['', 'long-name-'.repeat(20), 'caf\xe9 \xff'];
  for (let count = 0; count < 60; count++) {
    const folder = folders[random.below(folders.length)] ?? '';
    const name = `${folder === '' ? '' : `${folder}/`}${count}${random.text('ab \n\t\\*[\xe9\xff\x01', 1 + random.below(30))}`;
    PLANTERS[random.below(PLANTERS.length)]?.(workspace, name);
    if (random.below(4) === 0) folders.push(`${folder === '' ? '' : `${folder}/`}deeper ${count}`);
  }
  workspace.write('sparse', '');
  truncateSync(workspace.pathOf('sparse'), 3 * 1024 ** 3);
  workspace.write('old', 'old');
  utimesSync(workspace.pathOf('old'), 0, -86_400.5);
};

const PLANTERS: readonly ((workspace: TarWorkspace, name: string) => void)[] = [
  (workspace, name) => workspace.write(name, 'some content '.repeat(name.length * 7)),
  (workspace, name) => {
    workspace.write(name, '');
    chmodSync(workspace.pathOf(name), 0o6751);
  },
  (workspace, name) => {
    workspace.write(name);
    linkSync(workspace.pathOf(name), workspace.pathOf(`${name} twin`));
  },
  (workspace, name) => {
    workspace.write(`${name} file`);
    symlinkSync(Buffer.from(`../${name}${'/far'.repeat(name.length)}`, 'latin1'), workspace.pathOf(name));
    lutimesSync(workspace.pathOf(name), 1, 1_234_567_890.123);
  },
  (workspace, name) => mkdirSync(workspace.pathOf(name), { recursive: true, mode: 0o1750 }),
  (workspace, name) => {
    workspace.write(`${name} file`);
    execFileSync('bash', ['-c', 'mkfifo "$(printf "$1")"', 'bash', shellEscaped(workspace.pathOf(name))]);
  },
];

const shellEscaped = (path: Buffer): string =>
  [...path].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

/** A member as `tar -tv` shows it, without owner and size. */
const lineOf = ({ kind, mode, mtimeMs, name, linkName = '' }: TarMember): string => {
  const time = new Date(Math.floor(mtimeMs / 1000) * 1000).toISOString().replace('T', ' ').slice(0, 19);
  const path = `./${name}${kind === 'folder' && name !== '' ? '/' : ''}`;
  const link = { symlink: ` -> ${escaped(linkName)}`, hardlink: ` link to ${escaped(linkName)}` }[kind as string] ?? '';
  return `${LETTERS[kind]}${permissions(mode)} ${time} ${escaped(path)}${link}`;
};

const LETTERS: Readonly<Record<TarMemberKind, string>> = {
  ...{ file: '-', folder: 'd', symlink: 'l', hardlink: 'h', fifo: 'p', device: 'c', other: '?' },
};

const permissions = (mode: number): string => {
  const letters = Array.from('rwxrwxrwx', (letter, index) => ((mode >> (8 - index)) & 1 ? letter : '-'));
  for (const [bit, at, set] of [
    [0o4000, 2, 's'],
    [0o2000, 5, 's'],
    [0o1000, 8, 't'],
  ] as const) {
    if (mode & bit) letters[at] = letters[at] === 'x' ? set : set.toUpperCase();
  }
  return letters.join('');
};

const escaped = (name: string): string =>
  name.replace(
    /[\\\n\t\x01\x80-\xff]/g,
    (byte) => ESCAPES[byte] ?? `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`,
  );

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\t': '\\t' };

const withoutOwnerAndSize = (listing: string): string =>
  listing.replace(/^(\S+) \S+ +\d+ (\S+ \d\d:\d\d:\d\d)(?:\.\d+)? +/gm, '$1 $2 ');
