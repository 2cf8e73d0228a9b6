import { expect, test } from 'vitest';
import { forbiddenBecause, isGitOwn } from '../../src/checkpoint/forbidden-name.js';

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
