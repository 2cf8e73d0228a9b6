import { symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createScopeFilter, startPoints, tarArguments, type ArchiveScope } from '../../src/checkpoint/archive-scope.js';
import { fromText } from '../../src/checkpoint/tar/byte-name.js';
import { createRandom, type Random } from '../rig/random.js';
import { memberNames, newTarWorkspace, runTar, type TarWorkspace } from './tar-workspace.js';

const scope = (values: Partial<ArchiveScope> = {}): ArchiveScope => ({
  ...{ include: ['.'], exclude: [], workDir: '.work' },
  ...values,
});
const belongs = (name: string, values: Partial<ArchiveScope> = {}): boolean =>
  createScopeFilter(scope(values))(fromText(name));

describe('in the scope', () => {
  test.each(['', 'a', 'a/b', '.hidden/x', 'vendor/.git/HEAD', 'vendor/.git', 'vendor.git/config', '.gitignore'])(
    'is %j by default',
    (name) => {
      expect(belongs(name)).toBe(true);
    },
  );

  test.each(['.work', '.work/raw/a', '.work/journal', '.work/a/journal.jsonl', 'journal.jsonl', 'x.work/lock.json'])(
    'is %s: not one of our own files',
    (name) => {
      expect(belongs(name)).toBe(true);
    },
  );

  test.each(['.git', '.git/HEAD', '.git/a/b', '.git/config', 'vendor/.git/config', '.GIT/hooks/x'])(
    'is never %s, which git goes by',
    (name) => {
      expect(belongs(name)).toBe(false);
    },
  );

  test.each(['gha-creds-1a2b.json', 'a/gha-creds-.json', 'gha-creds-a.json/x'])('is never %s, a credential', (name) => {
    expect(belongs(name)).toBe(false);
  });

  test.each([
    ...['pipeline-state.json', 'pipeline-state.json.tmp', 'cache-meta.json', 'journal.jsonl', 'lock.json'],
    ...['lock.json.123', '.gitignore', 'logs', 'logs/a.log', 'history/1/journal.jsonl'],
  ])('is never our own file %s', (name) => {
    expect(belongs(`.work/${name}`)).toBe(false);
    expect(belongs(`a/w[1]/${name}`, { workDir: './a/w[1]/' })).toBe(false);
    expect(belongs(`a/w1/${name}`, { workDir: './a/w[1]/' })).toBe(true);
  });
});

describe('a glob', () => {
  test.each([
    ['tmp', 'tmp'],
    ['tmp', 'tmp/a/.b'],
    ['./tmp/', 'tmp/a'],
    ['tmp/**', 'tmp/a/b'],
    ['**/*.log', 'a.log'],
    ['**/*.log', 'a/.b/c.log/d'],
    ['a/*/c', 'a/.b/c/d'],
    ['{a,b}/c', 'b/c'],
    ['caf?', 'café'],
    ['**', 'a'],
    ['tmp/**', 'tmp/line\nbreak\u2028/x'],
    ['*', 'line\nbreak'],
    ['a[!b]', 'ac'],
  ])('%s excludes %j', (glob, name) => {
    expect(belongs(name, { exclude: [glob] })).toBe(false);
  });

  test.each([
    ['tmp', 'tmp2'],
    ['tmp', 'a/tmp'],
    ['*.log', 'a/b.log'],
    ['a/*', 'a'],
    ['a/**', 'a'],
    ['a/**/b', 'a'],
    ['a?', 'a'],
  ])('%s does not exclude %j', (glob, name) => {
    expect(belongs(name, { exclude: [glob] })).toBe(true);
  });

  test('that is included narrows the scope to it and what is beneath', () => {
    const include = ['dist/**', 'docs/*.md', 'one'];
    const names = ['dist', 'dist/a/b', 'docs/a.md', 'one', 'one/two'];
    expect(names.filter((name) => !belongs(name, { include }))).toEqual([]);
    expect(
      ['', 'src', 'docs', 'docs/a.txt', 'docs/b/a.md', 'once'].filter((name) => belongs(name, { include })),
    ).toEqual([]);
  });

  test('with an exclamation mark turns its meaning round, wherever it stands', () => {
    expect(belongs('a/b', { include: ['!a/b', 'a'] })).toBe(false);
    expect(belongs('a/c', { include: ['!a/b', 'a'] })).toBe(true);
    expect(belongs('tmp/keep', { exclude: ['!tmp/keep', 'tmp/**'] })).toBe(true);
    expect(belongs('tmp/other', { exclude: ['!tmp/keep', 'tmp/**'] })).toBe(false);
  });

  test('that is excluded wins over one that is included', () => {
    expect(belongs('a/b', { include: ['a'], exclude: ['**/b'] })).toBe(false);
  });
});

test.each<[readonly string[], readonly string[]]>([
  [['.'], ['.']],
  [['src', '.'], ['.']],
  [['**/*.ts'], ['.']],
  [['src/'], ['./src']],
  [
    ['./src/lib', 'src', 'src-2', 'src'],
    ['./src', './src-2'],
  ],
  [
    ['src/*.ts', 'docs/**/a', '-f', '!out'],
    ['./-f', './docs', './src'],
  ],
  [['a/b\\*c/d'], ['./a']],
  [['a/{b,c}'], ['./a']],
  [[], []],
])('for %j tar starts at %j', (include, points) => {
  expect(startPoints(scope({ include }))).toEqual(points);
});

/** The names that real tar archives of a workspace in that scope. */
const archivedNames = (workspace: TarWorkspace, of: ArchiveScope): readonly string[] =>
  memberNames(
    runTar(['-c', '-f', '-', '-C', workspace.temp.at('workspace'), ...tarArguments(of), '--', ...startPoints(of)]),
  );

const ROUNDS = 12;

describe('the arguments of tar', () => {
  test('keeps it from what never belongs and may be large, and from nothing that belongs', () => {
    using workspace = newTarWorkspace();
    const names = [
      '.git/HEAD',
      'a/.git/config',
      'a/.git/HEAD',
      'a.git/config',
      'gha-creds-1.json',
      'a/gha-creds-2.json',
    ];
    const own = ['logs/a', 'lock.json', 'lock.json.1', 'locks', 'raw/logs', 'journal.jsonl', 'a\nb'];
    const workDirs = ['.w*[o]\\rk', '.wxork'];
    const all = [
      ...names,
      'gha-creds-a/b.json',
      'c/gha-creds-d/e.json',
      ...workDirs.flatMap((dir) => own.map((name) => `${dir}/${name}`)),
    ];
    for (const name of all) workspace.write(name);
    const here = scope({ workDir: '.w*[o]\\rk' });
    const archived = archivedNames(workspace, here);
    const isInScope = createScopeFilter(here);
    expect(archived.filter(isInScope)).toEqual(['', ...workspace.names()].filter(isInScope).sort());
    const large = /^\.git(?:\/|$)|^gha-creds-[^/]*\.json|^\.w\*\[o\]\\rk\/(?:logs|journal\.jsonl)(?:\/|$)/;
    expect(archived.filter((name) => large.test(name))).toEqual([]);
  });

  test('keeps it from exactly what simple globs exclude', () => {
    const random = createRandom(17);
    for (let round = 0; round < ROUNDS; round++) {
      using workspace = randomWorkspace(random);
      const here = scope({ exclude: Array.from({ length: 3 }, () => randomGlob(random, SIMPLE)) });
      const expected = ['', ...workspace.names()].filter(createScopeFilter(here)).sort();
      expect({ here, names: archivedNames(workspace, here) }).toEqual({ here, names: expected });
    }
  });

  test('never keeps it from what belongs, whatever the globs', () => {
    const random = createRandom(23);
    for (let round = 0; round < ROUNDS; round++) {
      using workspace = randomWorkspace(random);
      const exclude = Array.from({ length: 2 }, () => randomGlob(random, [...SIMPLE, ...INTRICATE]));
      const here = scope({ exclude, include: round % 2 === 0 ? ['.'] : [randomGlob(random, SIMPLE), '*b*/**'] });
      const archived = new Set(archivedNames(workspace, here));
      const missing = workspace
        .names()
        .filter(createScopeFilter(here))
        .filter((name) => !archived.has(name));
      expect({ here, missing }).toEqual({ here, missing: [] });
    }
  });
});

const PARTS = [
  'a',
  'b',
  'ab',
  '.a',
  'a b',
  'a.log',
  '.git',
  'a\nb',
  '\xc3\xa9',
  '\xff',
  'a-b',
  '*',
  '[a]',
  '{a,b}',
  'a\\b',
];
const SIMPLE = ['a', 'ab', '.a', 'a b', '*', 'a*', '*b', '*.log', '.*', 'a*b', '*a*', '.git', 'a-b'];
const INTRICATE = [
  '**',
  '{a,b}',
  '?',
  '[ab]',
  '[!a]',
  '+(a|b)',
  'a\\*',
  '\\[a\\]',
  'é',
  '!(a)',
  '*(a)',
  '**a',
  '@(ab)',
  '[[:alpha:]]',
];

const oneOf = (random: Random, values: readonly string[]): string => values[random.below(values.length)] ?? '';

const randomGlob = (random: Random, parts: readonly string[]): string => {
  const middle = Array.from({ length: 1 + random.below(3) }, () => oneOf(random, parts));
  const start = random.below(3) === 0 ? ['**'] : [];
  return [...start, ...middle, ...(random.below(3) === 0 ? ['**'] : [])].join('/');
};

const randomWorkspace = (random: Random): TarWorkspace => {
  const workspace = newTarWorkspace();
  const folders = [''];
  for (let count = 0; count < 50; count++) {
    const name = `${oneOf(random, folders)}${oneOf(random, PARTS)}`;
    if (workspace.names().includes(name)) continue;
    const kind = random.below(5);
    if (kind < 2) workspace.write(name);
    else if (kind === 2) symlinkSync('a', workspace.pathOf(name));
    else workspace.folder(name);
    if (kind > 2) folders.push(`${name}/`);
  }
  return workspace;
};
