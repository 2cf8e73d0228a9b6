import { linkSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createMemberCheck, type MemberCheck, forbiddenBecause, isGitOwn } from '../../src/checkpoint/check-member.js';
import type { TarMember, TarMemberKind } from '../../src/checkpoint/tar/tar-headers.js';
import { membersOf, newTarWorkspace } from './tar-workspace.js';

const member = (kind: TarMemberKind, name: string, linkName?: string): TarMember => ({
  ...{ name, kind, mode: 0, sizeBytes: 0, mtimeMs: 0, isSparse: false, headers: Buffer.alloc(0) },
  ...(linkName === undefined ? {} : { linkName }),
});
const file = (name: string): TarMember => member('file', name);
const folder = (name: string): TarMember => member('folder', name);
const symlink = (name: string, target: string): TarMember => member('symlink', name, target);
const hardLink = (name: string, target: string): TarMember => member('hardlink', name, target);

/** Why the last member is refused, after all others passed. */
const lastOf = (members: readonly TarMember[], { check }: MemberCheck = createMemberCheck()): string | undefined => {
  for (const earlier of members.slice(0, -1)) expect(check(earlier)).toBeUndefined();
  return members.slice(-1).map(check)[0];
};

describe('what passes', () => {
  test('is an ordinary archive', () => {
    const members = [
      folder(''),
      folder('a'),
      file('a/b'),
      hardLink('a/c', './a/b'),
      member('fifo', 'a/p'),
      file('d/e/f'),
    ];
    expect(lastOf(members)).toBeUndefined();
  });

  test('is everything that GNU tar stores of a real workspace', () => {
    using workspace = newTarWorkspace();
    workspace.list();
    workspace.write('a/caf\xe9\n\xff');
    linkSync(workspace.pathOf('a/caf\xe9\n\xff'), workspace.pathOf('twin'));
    symlinkSync('../../elsewhere', workspace.pathOf('a/link'));
    linkSync(workspace.pathOf('a/link'), workspace.pathOf('link twin'));
    const { check } = createMemberCheck();
    const refusals = membersOf([workspace.archive().bytes]).map((found) => check(found.member));
    expect(refusals).toHaveLength(6);
    expect(refusals.filter((because) => because !== undefined)).toEqual([]);
  });

  test.each(['/etc', '../../..', 'a/../..', ''])('is a symbolic link to %j: it is only a name', (target) => {
    expect(lastOf([symlink('link', target)])).toBeUndefined();
  });

  test('is a file, or a link, in the place of either', () => {
    expect(lastOf([file('a'), symlink('a', 'b'), file('a')])).toBeUndefined();
  });

  test('is a folder again', () => {
    expect(lastOf([folder('a'), file('a/b'), folder('a')])).toBeUndefined();
  });
});

describe('what is refused', () => {
  test.each<[string, TarMember, string]>([
    ['an absolute name', file('/etc/passwd'), 'absolute'],
    ['a name that leads out', file('../a'), '".."'],
    ['a name that leads out and back', file('a/../b'), '".."'],
    ['an empty name', file(''), 'no name'],
    ['a link in the place of the workspace', symlink('', '/etc'), 'no name'],
    ['an empty part', file('a//b'), 'empty'],
    ['a NUL byte', file('a\0b'), 'NUL'],
    ["the workspace's .git", folder('.git'), 'git'],
    ['a link for .git', symlink('.git', 'elsewhere'), 'git'],
    ['a hook', file('.git/hooks/post-checkout'), 'git'],
    ['a hook by another spelling', file('.GIT/hooks/post-checkout'), 'git'],
    ['the config of a nested repository', file('vendor/.git/config'), 'git'],
    ['a device', member('device', 'null'), 'device'],
    ['an unknown type', member('other', 'a'), 'type'],
    ['a link to a name with NUL', symlink('a', 'b\0c'), 'NUL'],
  ])('%s', (_what, refused, because) => {
    expect(lastOf([refused])).toContain(because);
  });

  test.each<[string, readonly TarMember[]]>([
    ['a link out', [symlink('a', '/etc'), file('a/passwd')]],
    ['a link out, far below it', [symlink('a', '/etc'), file('a/b/c')]],
    ['a link within', [folder('b'), symlink('a', 'b'), file('a/c')]],
    ['a hard link to a link out', [symlink('a', '/etc'), hardLink('b', 'a'), file('b/passwd')]],
    ['a file', [file('a'), file('a/b')]],
    ['a FIFO', [member('fifo', 'a'), folder('a/b')]],
  ])('a name through %s', (_what, members) => {
    expect(lastOf(members)).toContain('above it is not a folder');
  });

  test.each<[string, readonly TarMember[]]>([
    ['a folder in the place of a link', [symlink('a', '/etc'), folder('a')]],
    ['a link in the place of a folder', [folder('a'), symlink('a', '/etc')]],
    ['a link in the place of a folder that no member named', [file('a/b'), symlink('a', '/etc')]],
    ['a hard link to a link in the place of a folder', [symlink('l', '/'), folder('a'), hardLink('a', 'l')]],
  ])('%s, without a deletion between', (_what, members) => {
    expect(lastOf(members)).toContain('have the same name');
  });

  test.each([
    ['/etc/shadow', 'absolute'],
    ['../secret', '".."'],
    ['a/../../secret', '".."'],
    ['.git/HEAD', 'git'],
    ['.git/config', 'git'],
    ['', 'empty'],
    ['later', 'nothing before it'],
    ['b', 'nothing before it'],
    ['b/c', 'nothing before it'],
    ['link/shadow', 'nothing before it'],
  ])('a hard link to %j', (target, because) => {
    expect(lastOf([folder('b'), symlink('link', '/etc'), hardLink('a', target)])).toContain(because);
  });

  test('passes no sooner for being tried again', () => {
    const check = createMemberCheck();
    const refused = symlink('a/b', '/etc');
    expect(lastOf([file('a'), refused], check)).toBeDefined();
    expect(check.check(refused)).toBeDefined();
    expect(check.check(hardLink('c', 'a/b'))).toContain('nothing before it');
  });
});

describe('after a deletion', () => {
  test('a name may come again as something else', () => {
    const check = createMemberCheck();
    lastOf([symlink('a', '/etc'), folder('b')], check);
    check.deleted('a');
    check.deleted('b');
    expect(lastOf([folder('a'), file('a/passwd'), symlink('b', 'a')], check)).toBeUndefined();
  });

  test('nothing can be linked to a deleted file', () => {
    const check = createMemberCheck();
    lastOf([file('a')], check);
    check.deleted('a');
    expect(check.check(hardLink('b', 'a'))).toContain('nothing before it');
  });
});

describe('where capitals do not tell names apart', () => {
  test('a link is one by any spelling of its name', () => {
    const members = [symlink('Link\xc3\xa9', '/etc'), file('lINKe\xcc\x81/passwd')];
    expect(lastOf(members, createMemberCheck('folded'))).toContain('is not a folder');
    expect(lastOf(members)).toBeUndefined();
  });

  test('a deletion is one too', () => {
    const check = createMemberCheck('folded');
    lastOf([symlink('Link', '/etc')], check);
    check.deleted('link');
    expect(check.check(folder('LINK'))).toBeUndefined();
  });
});

test.each([
  ['/etc/passwd', 'absolute'],
  ['../a', '".."'],
  ['a/../../b', '".."'],
  ['a/..', '".."'],
  ['a\0b', 'NUL'],
  ['', 'empty'],
  ['a//b', 'empty'],
  ['./a', '"."'],
  ['a/./b', '"."'],
  ['.git', 'git'],
  ['.git/hooks/pre-commit', 'git'],
  ['a/.git/config', 'git'],
])('the name %j is forbidden', (name, because) => {
  expect(forbiddenBecause(name)).toContain(because);
});

test.each(['a', 'a/b', '..a', 'a..', '...', '.gitignore', 'a/.git/HEAD', 'foo.git/config', '\xff', 'a\nb'])(
  'the name %j is ordinary',
  (name) => {
    expect(forbiddenBecause(name)).toBeUndefined();
  },
);

test.each(['.GIT/hooks/x', '.Git', 'a/.giT/Config'])('capitals do not hide %s', (name) => {
  expect(isGitOwn(name)).toBe(true);
});
